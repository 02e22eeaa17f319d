// Decides what `bateau class handouts` does: brings every hand-out up to date, then zips, encrypts and mails them.
// Leaves what a hand-out says to classroom/handout-files, and mail to handout-mail.
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Fault, Trouble } from '../../core/fault.ts'
import type { Task } from '../../core/task.ts'
import { archive } from '../../classroom/archive.ts'
import { differing, type HandoutContent, installAll } from '../../classroom/handout.ts'
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
  // Only when nothing is written: another run may be changing the passwords that go into the files.
  const opening = { file: options.file, reads: options.dryRun }
  return withClass('class handouts', opening, face, signal, (opened) => handOut(opened, options, face))
}

/** The same of a class that is open. */
export async function handOut(opened: OpenClass, options: HandoutOptions, face: Face): Promise<ExitCode> {
  const { run, course } = opened
  if (options.age !== null && course.handouts.recipients.length === 0) throw new Trouble(noRecipients)
  const { holders, absent } = await holdersOf(opened, options.only)
  if (absent.length > 0) run.emit({ type: 'fault', fault: notEnrolled(absent) })
  if (options.dryRun) run.emit(await report(opened, holders, null))
  else {
    await run.phase(
      'handouts',
      'Hand-outs',
      holders.map((one) => taskOf(opened, one)),
    )
    await writeArchives(opened, holders, options)
    run.emit(await report(opened, holders, options))
  }
  const mailed = options.mail ? await mailHandouts(opened, holders, options, face) : exits.done
  return mailed === exits.done && absent.length > 0 ? exits.broken : mailed
}

async function writeArchives(
  opened: OpenClass,
  holders: readonly Holder[],
  { zip, age }: HandoutOptions,
): Promise<void> {
  if (zip === null && age === null) return
  const { name, start, handouts } = opened.course
  const bytes = archive(name, start, await contentsByLogin(opened, holders))
  if (zip !== null) await writeWhole(zip, bytes)
  if (age !== null) await writeWhole(age, await encrypted(bytes, handouts.recipients))
}

function taskOf({ run }: OpenClass, holder: Holder): Task {
  const { cloud, login } = holder
  const missing = () => differing(filesOf(holder), run.vault)
  return {
    id: `${cloud.name}/handout/${login}`,
    title: `Hand-out of ${login}`,
    because: 'it says what the course file and the cloud say now',
    lane: 'local',
    after: [],
    async look() {
      const files = await missing()
      return files.length === 0
        ? { done: true, seen: 'as planned' }
        : { done: false, seen: `${files.length} files differ` }
    },
    act: async () => installAll(filesDir(cloud.input, login), await missing(), run.vault),
  }
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

/** `written` null: of a dry run. */
async function report(
  { run, world }: OpenClass,
  holders: readonly Holder[],
  written: { zip: string | null; age: string | null } | null,
) {
  const rows = await Promise.all(
    [...byLogin(holders).values()].map(async (all) => {
      const [{ login, name, email, role, cloud }] = all
      const differ = await Promise.all(all.map((one) => differing(filesOf(one), run.vault)))
      return { login, name, email, role, dir: handoutDir(cloud.input, login), differ: differ.flat().length }
    }),
  )
  const { zip = null, age = null } = written ?? {}
  const due = rows.filter(({ differ }) => differ > 0).map(({ login }) => login)
  const would = due.length === 0 ? 'nothing would be written' : `would be written: ${due.join(', ')}`
  const text = [
    `${rows.length} hand-outs in ${world.students}${written === null ? `; ${would}` : ''}`,
    ...[zip, age].flatMap((path) => (path === null ? [] : [`All of them in ${path}`])),
  ].join('\n')
  return { type: 'report', kind: 'class-handouts', text, data: { handouts: rows, zip, age } } as const
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
    // Never through what somebody put there: in /tmp a file of another would stay theirs to read, with all secrets in it.
    await rm(draft, { force: true })
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {})
    throw new Trouble({
      code: 'not-written',
      title: `${path} cannot be written`,
      why: error instanceof Error ? error.message : String(error),
      fix: `see that ${dirname(path)} can be written, or name another file`,
    })
  }
}

const noRecipients: Fault = {
  code: 'no-recipients',
  title: 'the course file names nobody whom the archive is for',
  why: '--age encrypts to handouts.recipients, and there are none',
  fix: 'age-keygen -o key.txt prints a recipient, age1…: write it under handouts, recipients',
}

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
