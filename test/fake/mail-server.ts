// Decides the SMTP server that tests mail to: real SMTP with STARTTLS and log-in, which keeps what it got.
// Leaves what is asked of the mails to the tests.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SMTPServer } from 'smtp-server'
import { localShell } from '../../src/host/spawn.ts'

export type Kept = { from: string; to: string; source: string; encrypted: boolean; user: string | undefined }

export type MailFaults = {
  /** Recipients that it does not know (550). */
  unknown: string[]
  /** Takes the whole mail, and drops the connection instead of answering. */
  lost: boolean
}

type Login = { user: string; password: string }

export class MailServer {
  readonly kept: Kept[] = []
  readonly faults: MailFaults = { unknown: [], lost: false }
  /** Its certificate, which is its own authority. */
  certificate = ''
  readonly #dir = mkdtempSync(join(tmpdir(), 'bateau-mail-'))
  readonly #login: Login | null
  readonly #tls: 'first' | 'offered' | 'none'
  #server: SMTPServer | undefined

  /** `login` null: whoever comes may send. `tls`: from the first byte, when it is asked for, or not at all. */
  constructor(login: Login | null, tls: 'first' | 'offered' | 'none' = 'offered') {
    this.#login = login
    this.#tls = tls
  }

  async start(): Promise<this> {
    const [key, cert] = [join(this.#dir, 'key.pem'), join(this.#dir, 'cert.pem')]
    const made = await localShell().run([
      ...['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-subj', '/CN=mail', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', cert],
    ] as [string, ...string[]])
    if (made.code !== 0) throw new Error(made.stderr)
    this.certificate = readFileSync(cert, 'utf8')
    const server = new SMTPServer({
      key: readFileSync(key),
      cert: this.certificate,
      secure: this.#tls === 'first',
      disabledCommands: this.#tls === 'none' ? ['STARTTLS'] : [],
      allowInsecureAuth: this.#tls === 'none',
      authOptional: this.#login === null,
      onAuth: ({ username, password }, _, callback) =>
        username === this.#login?.user && password === this.#login?.password
          ? callback(null, { user: username })
          : callback(new Error('no such user and password')),
      onRcptTo: ({ address }, _, callback) =>
        callback(
          this.faults.unknown.includes(address)
            ? Object.assign(new Error('5.1.1 no such mailbox'), { responseCode: 550 })
            : null,
        ),
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope
          this.kept.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address).join(','),
            source: Buffer.concat(chunks).toString('utf8'),
            encrypted: session.secure,
            user: session.user === undefined ? undefined : String(session.user),
          })
          if (this.faults.lost) for (const { _socket } of server.connections) _socket.destroy()
          else callback(null)
        })
      },
    })
    server.on('error', () => {})
    this.#server = server
    await new Promise<void>((resume) => void server.listen(0, '127.0.0.1', resume))
    return this
  }

  get port(): number {
    const address = this.#server?.server.address() as AddressInfo | undefined
    return address?.port ?? 0
  }

  async stop(): Promise<void> {
    await new Promise<void>((resume) => {
      if (this.#server === undefined) resume()
      else this.#server.close(resume)
    })
    rmSync(this.#dir, { recursive: true, force: true })
  }
}

/** Text and attachments of a mail as nodemailer writes it: multipart/mixed, a text part first. */
export function partsOf({ source }: Kept): { text: string; files: Map<string, string> } {
  const boundary = /boundary="([^"]+)"/.exec(source)?.[1] ?? ''
  const parts = source.split(`--${boundary}`).slice(1, -1)
  const decoded = parts.map((part) => {
    const [head = '', ...body] = part.trim().split('\r\n\r\n')
    const raw = body.join('\r\n\r\n')
    const text = /base64/i.test(head) ? Buffer.from(raw, 'base64').toString('utf8') : quotedPrintable(raw)
    return { name: /filename="?([^"\r\n]+)"?/.exec(head)?.[1], text }
  })
  const files = decoded.flatMap(({ name, text }) => (name === undefined ? [] : [[name, text] as const]))
  return { text: decoded[0]?.text ?? '', files: new Map(files) }
}

/** RFC 2045 section 6.7, and with it what needs no decoding. */
function quotedPrintable(text: string): string {
  const bytes = text
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
