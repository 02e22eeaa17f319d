// Decides which files a hand-out has, and what they say to one person: only what is theirs.
// Leaves writing them to handout, and the key itself to key-parts.
import { X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { reference } from '../core/secret.ts'
import { file, type RenderedFile } from '../core/step.ts'
import { type CloudEntry, cloudsYaml } from '../render/clouds-yaml.ts'
import { openrc, openrcPowershell, type OpenrcAccount } from '../render/openrc.ts'
import { handoutSsh, type Known } from './handout-ssh.ts'
import { networkNames } from './base.ts'
import {
  type ClassroomInput,
  credentialName,
  credentialSecretName,
  keypairName,
  passwordName,
  projectName,
} from './input.ts'
import { ownName } from './own-parts.ts'
import { jumpKeysFile } from './page/commands.ts'
import { page } from './page/page.ts'
import { pageNames, type Sheet } from './page/sheet.ts'
import { computeQuota } from './quotas.ts'
import { type Seat, seatsOf, teacherSeatsOf } from './seats.ts'
import { flavorNameOf } from './serving.ts'

/** What a hand-out depends on besides the course. */
export type HandoutState = {
  /** Of the person's project, as far as they are known. */
  instances: readonly Known[]
  /** False: password and private key come another way, as in a mail. */
  secrets: boolean
  /** Key of the jump host under the names that are typed for it, as lines of known_hosts (sshd(8)); null: not known yet. */
  jumpKeys: string | null
}

export const handoutDir = (input: ClassroomInput, login: string) => join(input.handouts.dir, login)

/** Teachers have an account on each cloud, and so, with several, a directory each. */
export const filesDir = (input: ClassroomInput, login: string) =>
  isApart(input, login) ? join(handoutDir(input, login), input.site) : handoutDir(input, login)

const isApart = (input: ClassroomInput, login: string) =>
  input.handouts.about.clouds > 1 && input.policy.teachers.some((one) => one.login === login)

/** The pair of one who brought none; names as ssh-keygen gives them. */
export const keyNames = { secret: 'id_ed25519', public: 'id_ed25519.pub' } as const

/** The files whose contents are known from the plan; secrets stand in them as references. All 0600. */
export function handoutFiles(input: ClassroomInput, login: string, state: HandoutState): RenderedFile[] {
  const { handouts, addressing } = input
  const sheet = sheetOf(input, login, state)
  const dir = filesDir(input, login)
  const own = (name: string, text: string) => file(join(dir, name), text, '0600')
  const rc = openrcOf(input, sheet, state)
  return [
    ...sheet.languages.map((language) => own(pageNames[language], page(sheet, language))),
    cloudsYaml(join(dir, 'clouds.yaml'), entriesOf(input, sheet, state)),
    own('openrc', openrc(rc)),
    own('openrc.ps1', openrcPowershell(rc)),
    own('ssh_config', handoutSsh(sheet, addressing.block ? [addressing.block] : [], state.instances)),
    ...(sheet.jump === null || state.jumpKeys === null ? [] : [own(jumpKeysFile, state.jumpKeys)]),
    ...(handouts.ca === null || sheet.authority === null ? [] : [own(sheet.authority.file, handouts.ca)]),
  ]
}

const seats = new WeakMap<ClassroomInput, ReadonlyMap<string, Seat>>()

/** As seatOf, by a table that is made once: every hand-out of a thousand asks. Throws RangeError for a login that the class has not. */
export function seatFor(input: ClassroomInput, login: string): Seat {
  const table =
    seats.get(input) ??
    new Map(
      [...teacherSeatsOf(input), ...seatsOf(input)].flatMap((seat) =>
        seat.members.map((one) => [one.login, seat]),
      ),
    )
  seats.set(input, table)
  const seat = table.get(login)
  if (seat === undefined) throw new RangeError(`${login} is not of this class`)
  return seat
}

/** What the pages say. Throws RangeError for a login that the class has not. */
export function sheetOf(input: ClassroomInput, login: string, state: HandoutState): Sheet {
  const { course, handouts } = input
  const { about } = handouts
  const seat = seatFor(input, login)
  const person = seat.members.find((one) => one.login === login)
  const others = seat.members.filter((one) => one.login !== login)
  const apart = isApart(input, login)
  return {
    course,
    title: about.title,
    role: seat.group === null ? 'teacher' : 'student',
    name: person?.name ?? login,
    login,
    group: seat.group,
    team: seat.name === login ? null : { name: seat.name, members: others.map(({ name }) => name) },
    password: state.secrets ? reference(passwordName(login)) : null,
    project: projectName(course, seat.name),
    cloud: apart ? `${course}-${input.site}` : course,
    authUrl: handouts.authUrl,
    dashboard: handouts.dashboard,
    authority: handouts.ca === null ? null : { file: `${course}-ca.pem`, sha256: fingerprintOf(handouts.ca) },
    key:
      typeof person?.sshKey === 'string'
        ? { kind: 'brought' }
        : {
            kind: state.secrets ? 'made' : 'apart',
            file: apart && state.secrets ? `../${keyNames.secret}` : keyNames.secret,
          },
    // The API of a cloud that was there already is where its owner put it.
    jump: about.jump && { ...about.jump, api: about.jump.api && !input.foreign },
    domain: about.zone === null ? null : `${seat.name}.${about.zone}`,
    boot: bootOf(input, seat),
    quota: quotaOf(input, seat),
    sessions: about.sessions,
    timezone: about.timezone,
    contact: about.contact,
    languages: about.languages,
  }
}

/** The instance that a student makes first: as the course's starter, else of the course's first image. */
function bootOf(input: ClassroomInput, seat: Seat): Sheet['boot'] {
  const { policy, foreign, image } = input
  const { starter, images } = policy
  const tiny = foreign?.image ?? { name: image.name, user: 'root' }
  const [first] = images
  const name = starter.image ?? first?.name ?? tiny.name
  const chosen = images.find((one) => one.name === name) ?? (name === tiny.name ? tiny : undefined)
  return {
    image: name,
    flavor: starter.flavor ?? foreign?.flavor?.name ?? flavorNameOf(input, 'course'),
    network: networkOf(input, seat),
    keypair: keypairName,
    user: chosen?.user ?? null,
  }
}

/** As the course's starter, else the first there is of own, class, direct. */
function networkOf(
  { policy, addressing, direct, foreign }: ClassroomInput,
  { name, group }: Seat,
): string | null {
  const there = {
    own: policy.ownNetwork && group !== null ? ownName(name) : null,
    class: addressing.tenants.find((one) => group === null || one.group === group)?.name ?? null,
    direct: foreign ? (foreign.direct?.name ?? null) : direct ? networkNames.direct : null,
  }
  const wished = policy.starter.network === null ? null : there[policy.starter.network]
  return wished ?? there.own ?? there.class ?? there.direct
}

/** Without the proof's instances, which are not the student's to use. */
function quotaOf(input: ClassroomInput, seat: Seat): Sheet['quota'] {
  const { instances, cores, ram } = computeQuota(input, seat, 0)
  return { instances, cores, ramMiB: ram }
}

/** The person's own project first; a teacher's has one more for each project of the class. */
function entriesOf(input: ClassroomInput, sheet: Sheet, state: HandoutState): CloudEntry[] {
  const { login, authority, password } = sheet
  const base = {
    authUrl: input.handouts.authUrl,
    user: login,
    password,
    region: input.region,
    interface: 'public' as const,
    cacert: authority === null ? null : `~/.config/openstack/${authority.file}`,
  }
  const first: CloudEntry = {
    ...base,
    name: sheet.cloud,
    project: sheet.project,
    ...(input.policy.applicationCredentials && state.secrets
      ? { applicationCredential: { name: credentialName, secret: reference(credentialSecretName(login)) } }
      : {}),
  }
  if (sheet.role === 'student') return [first]
  return [
    first,
    ...seatsOf(input).map(({ name }) => ({
      ...base,
      name: `${sheet.cloud}-${name}`,
      project: projectName(input.course, name),
    })),
  ]
}

function openrcOf(input: ClassroomInput, sheet: Sheet, state: HandoutState) {
  const { login: user, project, password } = sheet
  const account: OpenrcAccount =
    input.policy.applicationCredentials && state.secrets
      ? {
          kind: 'application-credential',
          user,
          name: credentialName,
          secret: reference(credentialSecretName(user)),
        }
      : { kind: 'password', user, project, password }
  return {
    about: `OpenStack of the course ${sheet.course}, for ${sheet.login}`,
    authUrl: sheet.authUrl,
    account,
    region: input.region,
    interface: 'public' as const,
    cacert: sheet.authority?.file ?? null,
  }
}

/** Of the first certificate, as browsers show it; null for what is none. Read once: a class has one. */
function fingerprintOf(pem: string): string | null {
  if (last?.pem === pem) return last.sha256
  last = { pem, sha256: readFingerprint(pem) }
  return last.sha256
}
let last: { pem: string; sha256: string | null } | undefined

function readFingerprint(pem: string): string | null {
  try {
    return new X509Certificate(pem).fingerprint256
  } catch {
    return null
  }
}
