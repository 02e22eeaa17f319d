// TLS against a real server whose certificate nobody signed: trusted where the entry names it, else refused in words and at once.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FakeClock } from '../../test/fake/clock.ts'
import { Trouble } from '../core/fault.ts'
import { Secret } from '../core/secret.ts'
import { openCloud } from './open.ts'
import { dispatcherOf } from './tls.ts'

let dir: string
let server: Server
let ca: string
let calls = 0

/** `name`: the address that the certificate is for. */
function certificate(name: string): { key: string; cert: string } {
  const [key, cert] = [
    join(dir, `${name.replaceAll(':', '-')}.key`),
    join(dir, `${name.replaceAll(':', '-')}.pem`),
  ]
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const about = ['-subj', '/CN=cloud', '-addext', `subjectAltName=IP:${name}`]
  execFileSync('openssl', ['req', '-x509', ...kind, '-keyout', key, '-out', cert, ...about], {
    stdio: 'ignore',
  })
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
}

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'bateau-tls-'))
  const made = certificate('::1')
  ca = made.cert
  const token = {
    expires_at: '2100-01-01T00:00:00Z',
    user: { id: 'u' },
    project: { id: 'p' },
    roles: [{ name: 'admin' }],
    catalog: [],
  }
  server = createServer(made, (_, response) => {
    calls++
    response.writeHead(201, { 'content-type': 'application/json', 'x-subject-token': 't' })
    response.end(JSON.stringify({ token }))
  })
  await new Promise<void>((started) => server.listen(0, '::1', started))
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((stopped) => server.close(stopped))
  rmSync(dir, { recursive: true, force: true })
})

async function open(tls: { ca: string | null; verify: boolean }) {
  const connections = dispatcherOf({ tls })
  const clock = new FakeClock()
  try {
    const cloud = await openCloud({
      authUrl: `https://[::1]:${(server.address() as AddressInfo).port}`,
      credentials: { kind: 'password', user: 'ada', password: new Secret('ada-password'), project: 'p' },
      region: null,
      interface: 'public',
      dispatcherFor: connections.dispatcherFor,
      clock,
    })
    return { roles: cloud.roles, waited: clock.waited }
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    return { fault: error.fault, waited: clock.waited }
  } finally {
    await connections.close()
  }
}

it('takes the certificate that the entry names', async () => {
  expect(await open({ ca, verify: true })).toEqual({ roles: ['admin'], waited: 0 })
})

it('refuses one that nobody knows, says what to do, and tries it once', async () => {
  const before = calls
  const { fault, waited } = await open({ ca: null, verify: true })
  expect(fault).toMatchObject({
    code: 'cloud-unreachable',
    why: expect.stringContaining('signed by itself; name it as cacert of the entry') as string,
  })
  expect([waited, calls]).toEqual([0, before])
})

it('refuses one that another authority signed', async () => {
  const { fault } = await open({ ca: certificate('2001:db8::1').cert, verify: true })
  expect(fault?.code).toBe('cloud-unreachable')
})

it('takes any where the entry says not to look', async () => {
  expect(await open({ ca: null, verify: false })).toMatchObject({ roles: ['admin'] })
})
