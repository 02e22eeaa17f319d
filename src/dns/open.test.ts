// Holds the keys of providers to TLS: only an API on this machine is spoken to in clear.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { FakeClock } from '../../test/fake/clock.ts'
import { localShell } from '../host/spawn.ts'
import { openZones } from './open.ts'

const dir = mkdtempSync(join(tmpdir(), 'bateau-dns-'))
afterAll(() => rmSync(dir, { recursive: true }))

const open = (api: string | null) => {
  const credentials = join(dir, 'key')
  writeFileSync(credentials, 'secret_key: 1234\n', { mode: 0o600 })
  const way = { zone: 'course.example', provider: 'scaleway', server: null, port: 53, reverse: null } as const
  const deps = { clock: new FakeClock(), random: Math.random, signal: new AbortController().signal }
  return openZones({ ...way, credentials, api }, { ...deps, shell: localShell('here') }).forward.where
}

it('sends a key to the provider, and in clear only to this machine', () => {
  expect(open(null)).toBe('api.scaleway.com')
  expect(open('https://proxy.example')).toBe('proxy.example')
  expect(open('http://[::1]:8080')).toBe('[::1]:8080')
  expect(() => open('http://proxy.example')).toThrow('in clear')
})
