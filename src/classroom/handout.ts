// Decides what each student is given: a key where they brought none, clouds.yaml, the certificate authority.
// Leaves bringing it to the student to the teacher.
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Trouble } from '../core/fault.ts'
import { reference, resolve } from '../core/secret.ts'
import { file, type RenderedFile } from '../core/step.ts'
import { cloudsYaml } from '../render/clouds-yaml.ts'
import {
  type ClassroomDeps,
  type ClassroomInput,
  type ClassroomStudent,
  passwordName,
  projectName,
} from './input.ts'
import type { Part } from './parts.ts'
import { seatOf } from './seats.ts'
import type { People } from './survey.ts'

export const handoutDir = (input: ClassroomInput, login: string) => join(input.handouts.dir, login)
/** Private key of a student who brought none. */
export const privateKeyPath = (input: ClassroomInput, login: string) =>
  join(handoutDir(input, login), 'id_ed25519')

/**
 * Private key that opens the proof's instances of a student: the student's where bateau made it, else one of bateau's
 * own, as the private half of a key that was brought is the student's alone.
 */
export const proofKeyPath = (input: ClassroomInput, { login, sshKey }: ClassroomStudent) =>
  sshKey === null ? privateKeyPath(input, login) : join(input.handouts.dir, '.proof', login, 'id_ed25519')

/** The public key line beside a private key; undefined as long as it is not made. */
export async function publicKeyAt(path: string): Promise<string | undefined> {
  return (await text(`${path}.pub`))?.trim()
}

/** An Ed25519 pair without passphrase. The public half is put in place last: where it is, the private one is too. */
export function keyFilesPart(
  deps: Pick<ClassroomDeps, 'shell'>,
  name: string,
  path: string,
  comment: string,
): Part<People> {
  return {
    name,
    needs: [],
    there: async () => (await text(path)) !== undefined && (await publicKeyAt(path)) !== undefined,
    async make() {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const draft = `${path}.${process.pid}`
      await Promise.all([draft, `${draft}.pub`].map((one) => rm(one, { force: true })))
      const ran = await deps.shell.run(
        ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', draft],
        { timeout: 30_000 },
      )
      if (ran.code !== 0)
        throw new Trouble({
          code: 'no-key',
          title: `no key pair could be made for ${comment}`,
          why: ran.stderr.trim() || `ssh-keygen exited with ${ran.code}`,
          fix: `apt-get install openssh-client, and see that ${dirname(path)} can be written`,
        })
      await rename(draft, path)
      await rename(`${draft}.pub`, `${path}.pub`)
      return () => {}
    },
  }
}

/** Files that hold what the plan knows; the password comes in when they are written. */
export function handoutFiles(input: ClassroomInput, login: string): RenderedFile[] {
  const { course, region, handouts } = input
  const dir = handoutDir(input, login)
  const authority = `${course}-ca.pem`
  return [
    cloudsYaml(join(dir, 'clouds.yaml'), [
      {
        name: course,
        authUrl: handouts.authUrl,
        user: login,
        project: projectName(course, seatOf(input, login).name),
        password: reference(passwordName(login)),
        region,
        interface: 'public',
        cacert: handouts.ca === null ? null : `~/.config/openstack/${authority}`,
      },
    ]),
    ...(handouts.ca === null ? [] : [file(join(dir, authority), handouts.ca)]),
  ]
}

export function handoutPart(
  input: ClassroomInput,
  deps: Pick<ClassroomDeps, 'vault'>,
  student: ClassroomStudent,
): Part<People> {
  const files = handoutFiles(input, student.login)
  const differ = async () => {
    const seen = await Promise.all(files.map(({ path }) => seenFile(path)))
    return files.filter((one, i) => seen[i] !== `${one.mode} ${resolve(one.text, deps.vault)}`)
  }
  return {
    name: `hand-outs of ${student.login}`,
    needs: [],
    there: async () => (await differ()).length === 0,
    async make() {
      await mkdir(handoutDir(input, student.login), { recursive: true, mode: 0o700 })
      for (const one of await differ()) {
        const draft = `${one.path}.${process.pid}`
        await writeFile(draft, resolve(one.text, deps.vault), { mode: Number.parseInt(one.mode, 8) })
        await rename(draft, one.path)
      }
      return () => {}
    },
  }
}

async function seenFile(path: string): Promise<string | undefined> {
  const [found, content] = [await stat(path).catch(() => undefined), await text(path)]
  return found && content !== undefined ? `0${(found.mode & 0o777).toString(8)} ${content}` : undefined
}

const text = (path: string) => readFile(path, 'utf8').catch(() => undefined)
