// Decides what is mailed to whom: each their own hand-out, without password and private key unless it is asked for.
// Leaves pace, memory and the server to classroom/mail.
import { readFile, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Fault, Trouble } from '../../core/fault.ts'
import { Secret } from '../../core/secret.ts'
import { systemClock } from '../../cloud/clock.ts'
import { type Letter, letterOf } from '../../classroom/mail/letter.ts'
import { mailTasks, reasonOf } from '../../classroom/mail/mail-tasks.ts'
import { MailMemory } from '../../classroom/mail/memory.ts'
import { openPost } from '../../classroom/mail/post.ts'
import type { Course } from '../../course/course.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import { byLogin, contentsOf, type Holder, sheetFor } from './handout-people.ts'
import type { OpenClass } from './open-class.ts'

export type MailOptions = {
  /** Password and private key travel in the mail. */
  withSecrets: boolean
  again: boolean
  dryRun: boolean
}

type Run = OpenClass['run']

/** Fault codes besides those of post and mail-tasks: `no-mail`, `no-email`, `mail-password`. */
export async function mailHandouts(
  { run, course, world }: OpenClass,
  holders: readonly Holder[],
  options: MailOptions,
  face: Face,
): Promise<ExitCode> {
  const { mail } = course
  if (mail === null) throw new Trouble(noMail)
  const memory = await MailMemory.open(join(world.dir, 'mailed.json'))
  const people = [...byLogin(holders).values()]
  const mute = people.filter(([{ email }]) => email === null).map(([{ login }]) => login)
  if (mute.length > 0) run.emit({ type: 'fault', fault: noEmail(mute) })
  const letters = await Promise.all(
    people.flatMap((all) => {
      const { email } = all[0]
      return email === null ? [] : [letterFor(run, all, email, options.withSecrets)]
    }),
  )
  const due = letters.flatMap((letter) => {
    const reason = reasonOf(letter, memory, options.again)
    return reason === null ? [] : [{ letter, reason }]
  })
  const ends = mute.length > 0 ? exits.broken : exits.done
  if (options.dryRun) {
    run.emit(dueReport(due))
    return ends
  }
  if (due.length > 0 && !(await face.ask(question(due.length, mail.server, options.withSecrets))))
    return exits.refused
  const post = openPost(mail, await passwordOf(course), course.name)
  try {
    if (due.length > 0) await post.verify()
    const rules = { perMinute: mail.perMinute, again: options.again }
    await run.phase(
      'mail',
      `Mail by ${mail.server}`,
      mailTasks(letters, rules, { post, memory, clock: systemClock }),
    )
  } finally {
    post.close()
  }
  return ends
}

async function letterFor(
  run: Run,
  all: readonly [Holder, ...Holder[]],
  address: string,
  secrets: boolean,
): Promise<Letter> {
  const [first] = all
  const files = async (instances: boolean) => {
    const parts = all.map((one) => ({
      ...one,
      state: { ...one.state, secrets, instances: instances ? one.state.instances : [] },
    }))
    const contents = await Promise.all(parts.map((one) => contentsOf(one, run.vault)))
    return [...new Map(contents.flat().map((one) => [one.name, one])).values()]
  }
  const sheet = sheetFor({ ...first, state: { ...first.state, secrets } })
  return letterOf(sheet, address, await files(true), await files(false))
}

const question = (n: number, server: string, secrets: boolean) =>
  secrets
    ? `Mail ${n} ${n === 1 ? 'hand-out' : 'hand-outs'} by ${server}, WITH passwords and private keys, which mail servers can read?`
    : `Mail ${n} ${n === 1 ? 'hand-out' : 'hand-outs'} by ${server}, without passwords and private keys?`

function dueReport(due: readonly { letter: Letter; reason: string }[]) {
  const rows = due.map(({ letter: { login, to, subject, files }, reason }) => ({
    login,
    to: to.address,
    subject,
    files: files.map(({ name }) => name),
    reason,
  }))
  const line = (one: (typeof rows)[number]) =>
    `  ${one.login}  ${one.to}  ${one.reason}  (${one.files.join(', ')})`
  const text =
    rows.length === 0 ? 'Nobody would be mailed.' : ['Would be mailed:', ...rows.map(line)].join('\n')
  return { type: 'report', kind: 'class-handouts-mail', text, data: { mails: rows } } as const
}

/** Others must not read it: whoever can sends mail in the teacher's name. */
async function passwordOf({ mail, source }: Course): Promise<Secret | null> {
  if (mail === null || mail.user === null) return null
  if (mail.passwordFile === null)
    throw new Trouble(noPassword('mail.password_file is not in the course file', ''))
  const path = resolve(dirname(source.file), mail.passwordFile)
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw new Trouble(noPassword(`there is no ${path}`, path))
  if ((found.mode & 0o077) !== 0)
    throw new Trouble({
      code: 'mail-password',
      title: `others can read ${path}`,
      why: 'it opens your mail account',
      fix: `chmod 600 ${path}`,
    })
  return new Secret((await readFile(path, 'utf8')).replace(/\r?\n$/, ''))
}

const noPassword = (why: string, path: string): Fault => ({
  code: 'mail-password',
  title: 'the password of the mail server is not known',
  why,
  fix:
    path === ''
      ? 'name a file with it: mail, password_file'
      : `write it there, for you alone: (umask 077; cat > ${path})`,
})

const noMail: Fault = {
  code: 'no-mail',
  title: 'the course file names no mail server',
  why: '--mail sends by the section `mail`',
  fix: 'write mail, with server and from; see docs/handouts.md',
}

const noEmail = (logins: readonly string[]): Fault => ({
  code: 'no-email',
  title: `${logins.length === 1 ? 'one person has' : `${logins.length} people have`} no e-mail address: ${logins.join(', ')}`,
  why: 'the roster has none for them (class.teachers for teachers), so they are not mailed; the others are',
  fix: 'add the address to the roster, or give them their page on paper',
})
