// Decides how a hand-out comes to lie on this machine: key pair and files, each whole or not at all.
// Leaves what the files say to handout-files, and bringing them to the student to the teacher.
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { resolve, type Vault } from '../core/secret.ts'
import type { RenderedFile } from '../core/step.ts'
import type { Server } from '../cloud/compute.ts'
import { makeKeyPair, publicKeyAt } from '../host/key-pair.ts'
import { findProject } from './account-parts.ts'
import { filesDir, handoutDir, handoutFiles, type HandoutState, keyNames, seatFor } from './handout-files.ts'
import { type Known, knownIn } from './handout-ssh.ts'
import type { ClassroomDeps, ClassroomInput, ClassroomStudent } from './input.ts'
import type { Part } from './parts.ts'
import type { People, Survey } from './survey.ts'

/** Private key of a student who brought none. */
export const privateKeyPath = (input: ClassroomInput, login: string) =>
  join(handoutDir(input, login), keyNames.secret)

/**
 * Private key that opens the proof's instances of a student: the student's where bateau made it, else one of bateau's
 * own, as the private half of a key that was brought is the student's alone.
 */
export const proofKeyPath = (input: ClassroomInput, { login, sshKey }: ClassroomStudent) =>
  sshKey === null ? privateKeyPath(input, login) : join(input.handouts.dir, '.proof', login, 'id_ed25519')

export const hasKeyPair = async (path: string): Promise<boolean> =>
  (await text(path)) !== undefined && (await publicKeyAt(path)) !== undefined

/** An Ed25519 pair without passphrase. */
export function keyFilesPart(
  deps: Pick<ClassroomDeps, 'shell'>,
  name: string,
  path: string,
  comment: string,
): Part<People> {
  return {
    name,
    needs: [],
    there: () => hasKeyPair(path),
    async make() {
      await makeKeyPair(deps.shell, path, comment)
      return () => {}
    },
  }
}

/** The files of a hand-out. `survey` knows the instances, which the SSH configuration names. */
export function handoutPart(
  input: ClassroomInput,
  deps: Pick<ClassroomDeps, 'vault'>,
  survey: Survey,
  student: Pick<ClassroomStudent, 'login'>,
): Part<People> {
  const { login } = student
  const differ = async (people: People) => {
    const state = await handoutState(input, people, await survey.servers.read(), login)
    return differing(handoutFiles(input, login, state), deps.vault)
  }
  return {
    name: `hand-outs of ${login}`,
    needs: [],
    // Instances come and go all day by the student's own hand: that changes nothing of what the course gives.
    async there(people) {
      const state = await handoutState(input, people, await survey.servers.read(), login)
      const named = knownIn((await text(join(filesDir(input, login), 'ssh_config'))) ?? '')
      for (const instances of [state.instances, named]) {
        const files = handoutFiles(input, login, { ...state, instances })
        if ((await differing(files, deps.vault)).length === 0) return true
      }
      return false
    },
    async make(_, people) {
      await installAll(filesDir(input, login), await differ(people), deps.vault)
      return () => {}
    },
  }
}

/** What a person's hand-out depends on, as the cloud is now. */
export async function handoutState(
  input: ClassroomInput,
  people: People,
  servers: readonly Server[],
  login: string,
): Promise<HandoutState> {
  const project = findProject(input.course, seatFor(input, login).name, people.projects)
  return {
    instances: servers
      .filter((one) => one.tenant_id === project?.id)
      .toSorted((a, b) => (`${a.name} ${a.id}` < `${b.name} ${b.id}` ? -1 : 1))
      .flatMap(knownOf),
    secrets: true,
    jumpKeys: input.handouts.jumpKeys === null ? null : ((await text(input.handouts.jumpKeys)) ?? null),
  }
}

/** Of a student's instances; those of the proof are bateau's own. */
function knownOf({ name, addresses }: Server): Known[] {
  const address = Object.values(addresses)
    .flat()
    .find(({ version }) => version === 6)
  return address === undefined || name.startsWith('proof-') ? [] : [{ name, address: address.addr }]
}

export type HandoutContent = {
  /** Seen from the person's own directory, with `/`. */
  name: string
  content: Uint8Array
}

/** The whole hand-out as it is carried away: the files with their secrets in them, and the pair of one who brought none. */
export async function handoutContents(
  input: ClassroomInput,
  vault: Vault,
  login: string,
  state: HandoutState,
): Promise<HandoutContent[]> {
  const dir = handoutDir(input, login)
  const files = handoutFiles(input, login, state).map(({ path, text }) => ({
    name: relative(dir, path).replaceAll('\\', '/'),
    content: Buffer.from(resolve(text, vault)),
  }))
  const keys = await Promise.all(
    Object.values(keyNames).map(async (name) => {
      const content = await readFile(join(dir, name)).catch(() => undefined)
      return content === undefined ? [] : [{ name, content }]
    }),
  )
  return state.secrets ? [...files, ...keys.flat()] : files
}

/** Those that are not on this machine as they must be, readable for their owner alone. */
export async function differing(files: readonly RenderedFile[], vault: Vault): Promise<RenderedFile[]> {
  const seen = await Promise.all(files.map(({ path }) => seenFile(path)))
  return files.filter((one, i) => seen[i] !== `${one.mode} ${resolve(one.text, vault)}`)
}

export async function installAll(dir: string, files: readonly RenderedFile[], vault: Vault): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  for (const one of files) await install(one, vault)
}

/** By rename: a reader finds the old file or the new one. */
async function install(one: RenderedFile, vault: Vault): Promise<void> {
  const draft = `${one.path}.${process.pid}`
  await rm(draft, { force: true })
  await writeFile(draft, resolve(one.text, vault), { mode: Number.parseInt(one.mode, 8) })
  await rename(draft, one.path)
}

async function seenFile(path: string): Promise<string | undefined> {
  const [found, content] = [await stat(path).catch(() => undefined), await text(path)]
  return found && content !== undefined ? `0${(found.mode & 0o777).toString(8)} ${content}` : undefined
}

const text = (path: string) => readFile(path, 'utf8').catch(() => undefined)
