// Decides what `bateau class handouts` does: brings every hand-out up to date, then zips, encrypts and mails them.
// Leaves what a hand-out says to classroom/handout-files, and mail to handout-mail.
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Fault, Trouble } from '../../core/fault.ts'
import type { Task } from '../../core/task.ts'
import { archive } from '../../classroom/archive.ts'
import { differing, type HandoutContent, installAll, keyFilesPart, privateKeyPath } from '../../classroom/handout.ts'
import { filesDir, handoutDir } from '../../classroom/handout-files.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import { mailHandouts, type MailOptions } from './handout-mail.ts'
import { byLogin, contentsOf, filesOf, type Holder, holdersOf } from './handout-people.ts'
import { type ClassOptions, type OpenClass, withClass } from './open-class.ts'

export type HandoutOptions = ClassOptions &
  MailOptions & {
    /** Path of the zip; null: none. */
    zip: string | null
    /** Path of the encrypted zip; null: none. */
    age: string | null
    mail: boolean
    /** Logins; empty: everybody. */
    only: readonly string[]
  }

export function classHandouts(options: HandoutOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return withClass('class handouts', options, face, signal, async (opened) => {
    const { run, course, clouds } = opened
    if (options.age !== null && course.handouts.recipients.length === 0) throw new Trouble(noRecipients)
    const { holders, absent } = await holdersOf(clouds, run.vault, options.only)
    if (absent.length > 0) run.emit({ type: 'fault', fault: notEnrolled(absent) })
    const ends = absent.length > 0 ? exits.broken : exits.done
    if (options.dryRun) {
      run.emit(await report(opened, holders, 'would be written'))
      return options.mail ? worse(ends, await mailHandouts(opened, holders, options, face)) : ends
    }
    await run.phase('handouts', 'Hand-outs', holders.flatMap((one) => tasksOf(opened, one)))
    if (options.zip !== null || options.age !== null) {
      const zip = archive(course.name, course.start, await contentsByLogin(opened, holders))
      if (options.zip !== null) await writeWhole(options.zip, zip)
      if (options.age !== null) await writeWhole(options.age, await encrypted(zip, course.handouts.recipients))
    }
    run.emit(await report(opened, holders, 'up to date', options))
    return options.mail ? worse(ends, await mailHandouts(opened, holders, options, face)) : ends
  })
}

const worse = (a: ExitCode, b: ExitCode): ExitCode => (b === exits.done ? a : b)

function tasksOf({ run }: OpenClass, holder: Holder): Task[] {
  const { cloud, login } = holder
  const { input, deps } = cloud
  const keyless = sshKeyOf(holder) === null
  const key = keyFilesPart(deps, 'key', privateKeyPath(input, login), `${login}@${input.course}`)
  const missing = async () => {
    const files = await differing(filesOf(holder), run.vault)
    // Enrolment makes students' pairs, as it tells Nova of them; this only waits for it.
    const hasKey = !keyless || (await key.there({} as never))
    return { files, hasKey }
  }
  return [
    {
      id: `${cloud.name}/handout/${login}`,
      title: `Hand-out of ${login}`,
      because: 'it says what the course file and the cloud say now',
      lane: 'local',
      after: [],
      async look() {
        const { files, hasKey } = await missing()
        if (!hasKey) throw new Trouble(noKey(holder))
        return files.length === 0
          ? { done: true, seen: 'as planned' }
          : { done: false, seen: `${files.length} files differ` }
      },
      act: async () => installAll(filesDir(input, login), (await missing()).files, run.vault),
    },
  ]
}

function sshKeyOf({ cloud, login }: Holder): string | null {
  const { input } = cloud
  const all = [...input.groups.flatMap(({ students }) => students), ...input.policy.teachers]
  return all.find((one) => one.login === login)?.sshKey ?? null
}

async function contentsByLogin(
  { run }: OpenClass,
  holders: readonly Holder[],
): Promise<Map<string, HandoutContent[]>> {
  const all = new Map<string, HandoutContent[]>()
  for (const [login, ones] of byLogin(holders)) {
    const contents = (await Promise.all(ones.map((one) => contentsOf(one, run.vault)))).flat()
    // The pair of a teacher of several clouds is one.
    all.set(login, [...new Map(contents.map((one) => [one.name, one])).values()])
  }
  return all
}

async function report(
  { run, world }: OpenClass,
  holders: readonly Holder[],
  what: string,
  written: { zip: string | null; age: string | null } = { zip: null, age: null },
) {
  const rows = await Promise.all(
    [...byLogin(holders).values()].map(async (all) => {
      const [{ login, name, email, role, cloud }] = all
      const changed = (await Promise.all(all.map((one) => differing(filesOf(one), run.vault)))).flat().length
      return { login, name, email, role, dir: handoutDir(cloud.input, login), changed }
    }),
  )
  const changed = rows.filter((one) => one.changed > 0)
  const text = [
    `${rows.length} hand-outs in ${world.students}${what === 'up to date' ? '' : `; ${changed.length} ${what}${changed.length > 0 ? `: ${changed.map(({ login }) => login).join(', ')}` : ''}`}`,
    ...[written.zip, written.age].flatMap((path) => (path === null ? [] : [`All of them in ${path}`])),
  ].join('\n')
  return { type: 'report', kind: 'class-handouts', text, data: { handouts: rows, ...written } } as const
}

async function encrypted(zip: Uint8Array, recipients: readonly string[]): Promise<Uint8Array> {
  const { Encrypter } = await import('age-encryption')
  const encrypter = new Encrypter()
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient)
    } catch (error) {
      throw new Trouble({
        code: 'bad-recipient',
        title: `${recipient} is no age recipient`,
        why: error instanceof Error ? error.message : String(error),
        fix: 'write under handouts.recipients what age-keygen -y prints: age1…',
      })
    }
  }
  return encrypter.encrypt(zip)
}

/** For its owner alone, whole or not at all. Fault code: `not-written`. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const before = await readFile(path).catch(() => undefined)
  if (before !== undefined && Buffer.compare(before, bytes) === 0) return
  const draft = `${path}.${process.pid}`
  try {
    await mkdir(dirname(path), { recursive: true })
    const file = await open(draft, 'w', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw new Trouble({
      code: 'not-written',
      title: `${path} cannot be written`,
      why: error instanceof Error ? error.message : String(error),
      fix: `see that ${join(dirname(path), '.')} can be written, or name another file`,
    })
  }
}

const noRecipients: Fault = {
  code: 'no-recipients',
  title: 'the course file names nobody whom the archive is for',
  why: '--age encrypts to handouts.recipients, and there are none',
  fix: 'age-keygen -o key.txt prints a recipient, age1…: write it under handouts, recipients',
}

const noKey = ({ login, cloud }: Holder): Fault => ({
  code: 'no-key-yet',
  title: `${login} has no key pair yet`,
  why: 'enrolment makes it, and has not come so far',
  fix: './bateau class apply',
  host: cloud.name,
})

function notEnrolled(absent: readonly { login: string; cloud: string }[]): Fault {
  const names = absent.slice(0, 12).map(({ login }) => login)
  const more = absent.length > names.length ? ` and ${absent.length - names.length} more` : ''
  return {
    code: 'not-enrolled',
    title: `${absent.length === 1 ? 'one person has' : `${absent.length} people have`} no account yet, and so no hand-out: ${names.join(', ')}${more}`,
    why: 'a hand-out must not promise what does not work; the others have theirs',
    fix: './bateau class apply',
  }
}
