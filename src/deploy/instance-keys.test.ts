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

it('one that cloud-init set up is known by the list on its console', () => {
  const text = [
    'ssh-ed25519 AAAAC3elsewhere',
    '-----BEGIN SSH HOST KEY KEYS-----',
    'ecdsa-sha2-nistp256 AAAAE2 root@vm1',
    'ssh-ed25519 AAAAC3listed root@vm1',
    '-----END SSH HOST KEY KEYS-----',
    'ssh-ed25519 AAAAC3later',
  ].join('\n')
  expect(saidKey(text)).toBe('ssh-ed25519 AAAAC3listed')
})
