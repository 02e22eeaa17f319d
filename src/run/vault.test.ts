import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Secret } from '../core/secret.ts'
import { SecretVault } from './vault.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bateau-vault-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))
const open = () => SecretVault.open(join(dir, 'secrets.age'), join(dir, 'identity.txt'))

it('a secret made once is the same after saving and opening again, and no other', async () => {
  const vault = await open()
  const made = vault.get('keystone/db').reveal()
  expect(made).toMatch(/^[A-Za-z0-9]{32}$/)
  expect(vault.get('nova/db').reveal()).not.toBe(made)
  await vault.save()
  expect((await open()).get('keystone/db').reveal()).toBe(made)
})

it('on disk there is neither a name nor a value in clear, and nobody else may read', async () => {
  const vault = await open()
  vault.put('duid/os1', new Secret('00:03:00:01:aa:bb'))
  await vault.save()
  const bytes = readFileSync(join(dir, 'secrets.age')).toString('latin1')
  expect(bytes).not.toContain('duid/os1')
  expect(bytes).not.toContain('00:03')
  for (const name of ['secrets.age', 'identity.txt'])
    expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600)
})

it('a lost identity is trouble with a way out, not a new set of secrets', async () => {
  const vault = await open()
  vault.get('x')
  await vault.save()
  rmSync(join(dir, 'identity.txt'))
  await expect(open()).rejects.toMatchObject({ fault: { code: 'vault-unreadable' } })
})

it('a secret shows itself to nothing but reveal()', () => {
  const secret = new Secret('hunter2-hunter2')
  // oxlint-disable-next-line typescript/restrict-template-expressions -- that is what is tested
  expect(`${secret} ${JSON.stringify({ secret })} ${inspect(secret)} ${inspect({ secret })}`).not.toContain(
    'hunter2',
  )
})
