// Mail to a real SMTP server: encrypted, once to each, and what happens when the server says no or goes away.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../test/fake/clock.ts'
import { MailServer, partsOf } from '../../../test/fake/mail-server.ts'
import { carryOut } from '../../../test/fake/openstack/run.ts'
import { Trouble } from '../../core/fault.ts'
import { Secret } from '../../core/secret.ts'
import type { Mail } from '../../course/class.ts'
import { fullSheet } from '../page/sheet.fixture.ts'
import { letterOf } from './letter.ts'
import { mailTasks, reasonOf } from './mail-tasks.ts'
import { MailMemory } from './memory.ts'
import { openPost } from './post.ts'

let server: MailServer
let dir: string
const clock = new FakeClock()
const login = { user: 'adurand', password: 'p4ss w0rd' }

beforeEach(async () => {
  server = await new MailServer(login).start()
  dir = mkdtempSync(join(tmpdir(), 'bateau-mailed-'))
})
afterEach(async () => {
  await server.stop()
  rmSync(dir, { recursive: true, force: true })
})

const mail = (change: Partial<Mail> = {}): Mail => ({
  server: 'localhost',
  port: server.port,
  tls: 'starttls',
  user: login.user,
  passwordFile: null,
  from: 'Alice Durand <alice.durand@univ.example>',
  perMinute: 30,
  ...change,
})
const bytes = (text: string) => new TextEncoder().encode(text)
const files = [
  { name: 'fiche.html', content: bytes('<p>Éloïse</p>') },
  { name: 'openrc', content: bytes('export A=1\n') },
  { name: 'openrc.ps1', content: bytes('$env:A = 1\n') },
]
const letter = (who: string, stable = files) =>
  letterOf({ ...fullSheet, login: who, password: null }, `${who}@univ.example`, files, stable)

type Options = { again?: boolean; change?: Partial<Mail>; trust?: string; password?: string }

/** A new process: what was remembered is read from disk again. */
async function send(letters = ['ada', 'grace', 'edsger'].map((who) => letter(who)), options: Options = {}) {
  const { again = false, change = {}, trust = server.certificate, password = login.password } = options
  const memory = await MailMemory.open(join(dir, 'mailed.json'))
  const post = openPost(mail(change), new Secret(password), 'nets', trust)
  try {
    await post.verify()
    return await carryOut(mailTasks(letters, { perMinute: 30, again }, { post, memory, clock }))
  } finally {
    post.close()
  }
}
const faultOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => (error instanceof Trouble ? error.fault : error),
  )
const addressees = () =>
  server.kept.map(({ to }) => to.split('@')[0] ?? '').toSorted((a, b) => a.localeCompare(b))

describe('a letter', () => {
  it('arrives encrypted, from the log-in of the teacher, with text and files as they are', async () => {
    const { failed } = await send([letter('ada')])
    expect([...failed.values()]).toEqual([])
    const [kept] = server.kept
    expect(kept).toMatchObject({ encrypted: true, user: 'adurand', from: 'alice.durand@univ.example' })
    if (kept === undefined) return
    const { text, files } = partsOf(kept)
    expect([...files]).toEqual([
      ['fiche.html', '<p>Éloïse</p>'],
      ['openrc', 'export A=1\n'],
    ])
    expect(text).toContain('Bonjour Éloïse d’Hérouville-Saint-Clair,')
    expect(text).toContain('Hello Éloïse')
    expect(text.indexOf('Bonjour')).toBeLessThan(text.indexOf('Hello'))
    expect(text).toContain('votre mot de passe n’est pas dans ce message')
    expect(kept.source).toMatch(/^Message-ID: <[0-9a-f]{32}\.ada\.nets@univ\.example>/m)
  })

  it('says the private key is not in it only where there is one to come', () => {
    const apart = { ...fullSheet, password: null, key: { kind: 'apart', file: 'id_ed25519' } } as const
    expect(letterOf(apart, 'a@b', [], []).text).toContain('ni votre mot de passe ni votre clé privée')
    expect(letterOf(fullSheet, 'a@b', [], []).text).toContain('Ce message contient vos secrets')
  })
})

describe('each is mailed once', () => {
  it('and not again by a second run, at the pace of the course file', async () => {
    const before = clock.waited
    expect((await send()).changed).toEqual(['mail/ada', 'mail/grace', 'mail/edsger'])
    expect(clock.waited - before).toBe(2 * 2000)
    expect((await send()).kept).toEqual(['mail/ada', 'mail/grace', 'mail/edsger'])
    expect(addressees()).toEqual(['ada', 'edsger', 'grace'])
    expect((statSync(join(dir, 'mailed.json')).mode & 0o777).toString(8)).toBe('600')
  })

  it('again when the hand-out changed, or when it is asked for', async () => {
    await send([letter('ada'), letter('grace')])
    const changed = letter('ada', [{ name: 'fiche.html', content: bytes('new') }])
    await send([changed, letter('grace')])
    expect(addressees()).toEqual(['ada', 'ada', 'grace'])
    const { changed: mailed, failed } = await send([letter('grace')], { again: true })
    expect([mailed, failed.size]).toEqual([['mail/grace'], 0])
    expect(addressees()).toEqual(['ada', 'ada', 'grace', 'grace'])
  })

  it('which a dry run can say beforehand', async () => {
    await send([letter('ada')])
    const memory = await MailMemory.open(join(dir, 'mailed.json'))
    const stable = [{ name: 'fiche.html', content: bytes('new') }]
    expect(reasonOf(letter('ada'), memory, false)).toBeNull()
    expect(reasonOf(letter('ada', stable), memory, false)).toMatch(/^changed since 2026-/)
    expect(reasonOf(letter('grace'), memory, false)).toBe('not mailed yet')
  })
})

describe('a server', () => {
  it('that does not know one address has the others served, and that one said', async () => {
    server.faults.unknown.push('grace@univ.example')
    const { changed, failed } = await send()
    expect(changed).toEqual(['mail/ada', 'mail/edsger'])
    expect(failed.get('mail/grace')?.fault).toMatchObject({
      code: 'mail-refused',
      why: expect.stringContaining('no such mailbox'),
    })
    server.faults.unknown.length = 0
    expect((await send()).changed).toEqual(['mail/grace'])
    expect(addressees()).toEqual(['ada', 'edsger', 'grace'])
  })

  it('that is lost in the middle of a mail does not get it a second time by itself', async () => {
    server.faults.lost = true
    expect((await send([letter('ada')])).failed.get('mail/ada')?.fault.code).toBe('mail-unsure')
    server.faults.lost = false
    const second = await send([letter('ada'), letter('grace')])
    expect(second.failed.get('mail/ada')?.fault.code).toBe('mail-unsure')
    expect(second.changed).toEqual(['mail/grace'])
    expect(addressees()).toEqual(['ada', 'grace'])
    expect((await send([letter('ada')], { again: true })).changed).toEqual(['mail/ada'])
  })

  it('whose certificate nobody vouches for gets nothing', async () => {
    const other = await new MailServer(null).start()
    try {
      const fault = await faultOf(send([letter('ada')], { trust: other.certificate }))
      expect(fault).toMatchObject({ code: 'mail-server', fix: expect.stringContaining('-starttls smtp') })
      expect(server.kept).toEqual([])
    } finally {
      await other.stop()
    }
  })

  it('that offers no encryption, or from which somebody on the way took the offer, gets nothing', async () => {
    const stripped = await new MailServer(login, 'none').start()
    try {
      const fault = await faultOf(send([letter('ada')], { change: { port: stripped.port } }))
      expect(fault).toMatchObject({ code: 'mail-server' })
      expect(stripped.kept).toEqual([])
      const clear = { change: { port: stripped.port, tls: 'none' as const } }
      expect((await send([letter('ada')], clear)).changed).toEqual(['mail/ada'])
    } finally {
      await stripped.stop()
    }
  })

  it('that does not take the log-in is said once, for all', async () => {
    expect(await faultOf(send(undefined, { password: 'wrong' }))).toMatchObject({ code: 'mail-login' })
  })

  it('may have TLS from the first byte', async () => {
    const secure = await new MailServer(login, 'first').start()
    try {
      const options = { change: { port: secure.port, tls: 'tls' as const }, trust: secure.certificate }
      expect((await send([letter('ada')], options)).changed).toEqual(['mail/ada'])
      expect(secure.kept[0]?.encrypted).toBe(true)
    } finally {
      await secure.stop()
    }
  })

  it('elsewhere is never mailed to in clear', async () => {
    const fault = await faultOf(
      send([letter('ada')], { change: { server: 'smtp.univ.example', tls: 'none' } }),
    )
    expect(fault).toMatchObject({ code: 'mail-in-clear' })
  })
})

it('a memory that cannot be read is a fault, not an empty memory', async () => {
  writeFileSync(join(dir, 'mailed.json'), '{')
  expect(await faultOf(MailMemory.open(join(dir, 'mailed.json')))).toMatchObject({
    code: 'mailed-unreadable',
  })
})
