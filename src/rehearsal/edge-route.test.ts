import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { localShell } from '../host/spawn.ts'
import { edgeRouteScript } from './edge-route.ts'
import { edgePaths } from './kea.ts'

let top = ''
const lines = () => readFileSync(join(top, 'ip.log'), 'utf8').trim().split('\n')

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'bateau-route-'))
  mkdirSync(join(top, 'bin'))
  writeFileSync(join(top, 'bin/ip'), `#!/bin/sh\necho "$*" >> ${join(top, 'ip.log')}\n`)
  writeFileSync(join(top, 'script'), edgeRouteScript.replaceAll(edgePaths.routes, join(top, 'routes')))
  for (const path of ['bin/ip', 'script']) chmodSync(join(top, path), 0o755)
})
afterEach(() => rmSync(top, { recursive: true, force: true }))

/** Kea gives everything by environment; only what its manual names is set here. */
async function hook(event: string, env: Record<string, string>) {
  const path = `PATH=${join(top, 'bin')}:/usr/bin:/bin`
  const set = Object.entries(env).map(([key, value]) => `${key}=${value}`)
  const ran = await localShell().run(['env', '-i', path, ...set, join(top, 'script'), event])
  expect(ran).toMatchObject({ code: 0, stderr: '' })
}

const client = { QUERY6_REMOTE_ADDR: 'fe80::c', QUERY6_IFACE_NAME: 'seg0' }
const committed = {
  ...client,
  LEASES6_SIZE: '2',
  LEASES6_AT0_TYPE: 'IA_NA',
  LEASES6_AT0_ADDRESS: '2001:2::1',
  LEASES6_AT0_PREFIX_LEN: '128',
  LEASES6_AT1_TYPE: 'IA_PD',
  LEASES6_AT1_ADDRESS: '2001:2:0:1000::',
  LEASES6_AT1_PREFIX_LEN: '56',
  DELETED_LEASES6_SIZE: '0',
}
const one = {
  ...client,
  LEASE6_TYPE: 'IA_PD',
  LEASE6_ADDRESS: '2001:2:0:1000::',
  LEASE6_PREFIX_LEN: '56',
}

it('a committed prefix is routed to its client, an address is not', async () => {
  await hook('leases6_committed', committed)
  expect(lines()).toEqual(['-6 route replace 2001:2:0:1000::/56 via fe80::c dev seg0 proto 200'])
})

it('a renewal routes to where the client is now', async () => {
  await hook('leases6_committed', committed)
  await hook('lease6_renew', { ...one, QUERY6_REMOTE_ADDR: 'fe80::d' })
  expect(lines().at(-1)).toBe('-6 route replace 2001:2:0:1000::/56 via fe80::d dev seg0 proto 200')
})

it('a released or expired lease loses its route, and only a route of its own making', async () => {
  await hook('leases6_committed', committed)
  await hook('lease6_expire', one)
  expect(lines().at(-1)).toBe('-6 route del 2001:2:0:1000::/56 proto 200')
  expect(readdirSync(join(top, 'routes'))).toEqual([])
})

it('replay puts back every route that was, for Kea does not call for leases it finds at its start', async () => {
  await hook('leases6_committed', committed)
  await hook('replay', {})
  const [first, again] = lines()
  expect(again).toBe(first)
})

it('replay of nothing is nothing, and an event of other kind is passed over', async () => {
  await hook('replay', {})
  await hook('lease6_select', one)
  expect(readdirSync(top)).not.toContain('ip.log')
})
