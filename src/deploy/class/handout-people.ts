// Decides whose hand-outs a command is about, and what each of them is given as their clouds are now.
// Leaves what is done with them to handouts.
import { type Fault, Trouble } from '../../core/fault.ts'
import type { RenderedFile } from '../../core/step.ts'
import { findUser } from '../../classroom/account-parts.ts'
import {
  type HandoutContent,
  handoutContents,
  handoutState,
  hasKeyPair,
  privateKeyPath,
} from '../../classroom/handout.ts'
import { handoutFiles, type HandoutState, sheetOf } from '../../classroom/handout-files.ts'
import { passwordName } from '../../classroom/input.ts'
import type { Sheet } from '../../classroom/page/sheet.ts'
import { seatsOf, teacherSeatsOf } from '../../classroom/seats.ts'
import { nearest } from '../../course/suggest.ts'
import type { SecretVault } from '../../run/vault.ts'
import type { ClassCloud, OpenClass } from './open-class.ts'

/** One person on one cloud: a teacher of three clouds is three of these. */
export type Holder = {
  login: string
  name: string
  email: string | null
  role: Sheet['role']
  cloud: ClassCloud
  state: HandoutState
}

export type Holders = {
  /** By the order of groups and roster, teachers last. */
  holders: Holder[]
  /** Those whose account or key pair is not there yet. */
  absent: { login: string; cloud: string }[]
}

/** `only` empty: everybody. Fault code: `no-such-login`. */
export async function holdersOf(
  { clouds, course, run: { vault } }: Pick<OpenClass, 'clouds' | 'course' | 'run'>,
  only: readonly string[],
): Promise<Holders> {
  const known = new Set([...course.students, ...course.class.teachers].map(({ login }) => login))
  const [stranger] = only.filter((login) => !known.has(login))
  if (stranger !== undefined) throw new Trouble(noSuchLogin(stranger, known))
  const found: Holders = { holders: [], absent: [] }
  for (const cloud of clouds) {
    const { input, survey } = cloud
    const [people, servers] = await Promise.all([survey.people.read(), survey.servers.read()])
    for (const { login, name, email, role, sshKey } of membersOf(input)) {
      if (only.length > 0 && !only.includes(login)) continue
      const enrolled =
        findUser(input.course, login, people.users) !== undefined &&
        vault.has(passwordName(login)) &&
        (sshKey !== null || (await hasKeyPair(privateKeyPath(input, login))))
      if (!enrolled) found.absent.push({ login, cloud: cloud.name })
      else {
        const state = await handoutState(input, people, servers, login)
        found.holders.push({ login, name, email, role, cloud, state })
      }
    }
  }
  return found
}

function membersOf(input: ClassCloud['input']) {
  const seats = [
    ...seatsOf(input).map((seat) => ({ ...seat, role: 'student' as const })),
    ...teacherSeatsOf(input).map((seat) => ({ ...seat, role: 'teacher' as const })),
  ]
  return seats.flatMap(({ members, role }) => members.map((one) => ({ ...one, role })))
}

export const filesOf = ({ cloud, login, state }: Holder): RenderedFile[] =>
  handoutFiles(cloud.input, login, state)

export const contentsOf = ({ cloud, login, state }: Holder, vault: SecretVault): Promise<HandoutContent[]> =>
  handoutContents(cloud.input, vault, login, state)

export const sheetFor = ({ cloud, login, state }: Holder): Sheet => sheetOf(cloud.input, login, state)

/** By login, each with all their clouds. */
export function byLogin(holders: readonly Holder[]): Map<string, [Holder, ...Holder[]]> {
  const all = new Map<string, [Holder, ...Holder[]]>()
  for (const one of holders) {
    const before = all.get(one.login)
    if (before === undefined) all.set(one.login, [one])
    else before.push(one)
  }
  return all
}

function noSuchLogin(login: string, known: ReadonlySet<string>): Fault {
  const near = nearest(login, known)
  return {
    code: 'no-such-login',
    title: `nobody of this class has the log-in ${login}`,
    why: near === undefined ? `there are ${known.size}, teachers included` : `${near} is near`,
    fix: 'see them with: ./bateau class status',
  }
}
