import { expect, it } from 'vitest'
import { saidKey } from './instance-keys.ts'

it('an instance is known by the key of its last boot', () => {
  const text = [
    'bateau-guest: host-key=ssh-ed25519 AAAAC3first',
    'host-key=ssh-ed25519 AAAAC3notsaidbyus',
    'bateau-guest: host-key=ssh-ed25519 AAAAC3second+/=\r',
    'bateau-guest: address=2001:2::1/64',
  ].join('\n')
  expect(saidKey(text)).toBe('ssh-ed25519 AAAAC3second+/=')
})

it('one that says none has none', () => {
  expect(saidKey('login:\n')).toBeUndefined()
})
