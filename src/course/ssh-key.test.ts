import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readSshKey } from './ssh-key.ts'

/** RFC 8709 section 4: the name and the 32 bytes, each after its length. */
function ed25519(): string {
  const jwk = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' })
  const part = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes])
  return Buffer.concat([
    part(Buffer.from('ssh-ed25519')),
    part(Buffer.from(jwk.x ?? '', 'base64url')),
  ]).toString('base64')
}

describe('an SSH key in a roster', () => {
  const blob = ed25519()
  test('is taken with its comment, blanks made one', () => {
    const read = readSshKey(`ssh-ed25519  ${blob} zoe@home `)
    expect(read).toEqual({ ok: true, value: `ssh-ed25519 ${blob} zoe@home` })
  })
  test.each([
    ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----', 'private-key'],
    ['another type than its blob', `ssh-rsa ${blob}`, 'bad-ssh-key'],
    ['only the blob', blob, 'bad-ssh-key'],
    ['a key cut in its first bytes', `ssh-ed25519 ${blob.slice(0, 8)}`, 'bad-ssh-key'],
    ['DSA', 'ssh-dss AAAAB3NzaC1kc3M=', 'bad-ssh-key'],
    ['nothing', '', 'bad-ssh-key'],
  ])('is refused when it is %s', (_, text, code) => {
    const read = readSshKey(text)
    expect(!read.ok && read.faults[0]?.code).toBe(code)
  })
})
