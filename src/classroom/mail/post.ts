// Decides how a mail is handed to an SMTP server: encrypted with the certificate checked, and what an answer means.
// Leaves pace and memory to mail-tasks.
import { isIP } from 'node:net'
import { createTransport } from 'nodemailer'
import { type Fault, Trouble } from '../../core/fault.ts'
import type { Secret } from '../../core/secret.ts'
import type { Mail } from '../../course/class.ts'
import type { Letter } from './letter.ts'

/** Milliseconds. Servers that look at each sender (greylisting, tarpits) take their time; RFC 5321 4.5.3.2 allows minutes. */
const patience = { connectionTimeout: 30_000, greetingTimeout: 60_000, socketTimeout: 120_000 }

export type Post = {
  /** Connects and logs in. Throws Trouble: nothing can be sent at all. */
  verify(): Promise<void>
  send(letter: Letter): Promise<Sent>
  close(): void
}

export type Sent =
  | { kind: 'sent' }
  /** The server said no to this one, and has not got it. */
  | { kind: 'refused'; why: string }
  /** The connection was lost in the middle: it may have it. */
  | { kind: 'unsure'; why: string }

/**
 * A connection for each mail: nodemailer's pool sends once more what a lost connection may have taken already.
 * `trust`: certificate authority in PEM in place of those of this machine. Throws Trouble `mail-in-clear`.
 */
export function openPost(mail: Mail, password: Secret | null, course: string, trust?: string): Post {
  if (mail.tls === 'none' && !isHere(mail.server)) throw new Trouble(inClear(mail))
  const transport = createTransport({
    host: mail.server,
    port: mail.port,
    secure: mail.tls === 'tls',
    requireTLS: mail.tls === 'starttls',
    ignoreTLS: mail.tls === 'none',
    tls: {
      minVersion: 'TLSv1.2',
      ...(isIP(mail.server) === 0 ? { servername: mail.server } : {}),
      ...(trust === undefined ? {} : { ca: trust }),
    },
    ...(mail.user === null ? {} : { auth: { user: mail.user, pass: password?.reveal() ?? '' } }),
    disableFileAccess: true,
    disableUrlAccess: true,
    ...patience,
  })
  return {
    async verify() {
      try {
        await transport.verify()
      } catch (error) {
        throw new Trouble(unusable(mail, error))
      }
    },
    async send({ login, to, subject, text, files, digest }) {
      try {
        await transport.sendMail({
          from: mail.from,
          to,
          subject,
          text,
          // The same letter has the same id: a mailbox that gets it twice shows it once.
          messageId: `<${digest.slice(0, 32)}.${login}.${course}@${domainOf(mail.from)}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
          attachments: files.map(({ name, content }) => ({
            filename: name,
            content: Buffer.from(content),
            contentType: name.endsWith('.html') ? 'text/html; charset=utf-8' : 'application/octet-stream',
          })),
        })
        return { kind: 'sent' }
      } catch (error) {
        return failed(error)
      }
    },
    close: () => transport.close(),
  }
}

type SmtpError = {
  message?: string
  code?: string
  responseCode?: number
  response?: string
  syscall?: string
  timeoutType?: string
}

/** Before the mail itself is given. Everything else without an answer of the server may have arrived. */
const early = {
  codes: ['EDNS', 'EAUTH', 'ENOAUTH', 'EENVELOPE', 'EMESSAGE', 'ETLS', 'EPROTOCOL'],
  timeouts: ['CONNECT_TIMEOUT', 'GREETING_TIMEOUT', 'UPGRADE_TIMEOUT'],
}

function failed(error: unknown): Sent {
  const { code = '', responseCode, response, message = String(error), ...more } = error as SmtpError
  const isEarly =
    early.codes.includes(code) ||
    more.syscall === 'connect' ||
    early.timeouts.includes(more.timeoutType ?? '')
  const why = response ?? message
  return responseCode !== undefined || isEarly ? { kind: 'refused', why } : { kind: 'unsure', why }
}

const isHere = (server: string) =>
  ['localhost', '::1', 'ip6-localhost'].includes(server) || (isIP(server) === 4 && server.startsWith('127.'))

const domainOf = (from: string) => /@([A-Za-z0-9.-]+)/.exec(from)?.[1] ?? 'localhost'

function inClear({ server }: Mail): Fault {
  return {
    code: 'mail-in-clear',
    title: `mail to ${server} would go in clear`,
    why: '`tls: none` is for a server on this machine: on the way everybody could read the hand-outs, and the log-in',
    fix: 'write `tls: starttls` (or `tls: tls`, port 465) under mail in the course file',
  }
}

function unusable({ server, port, user, tls }: Mail, error: unknown): Fault {
  const { code, response, message = String(error) } = error as SmtpError
  const login = code === 'EAUTH'
  return {
    code: login ? 'mail-login' : 'mail-server',
    title: login
      ? `${server} does not let ${user ?? 'anybody without a log-in'} in`
      : `the mail server ${server}, port ${port}, cannot be used`,
    why: response ?? message,
    fix: login
      ? 'look at user and password_file under mail in the course file'
      : `see it with: openssl s_client -connect ${server}:${port}${tls === 'starttls' ? ' -starttls smtp' : ''}`,
  }
}
