import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { checkTsigKey, openToOthers, readKeys } from './credentials.ts'

const dir = mkdtempSync(join(tmpdir(), 'bateau-keys-'))
afterAll(() => rmSync(dir, { recursive: true }))
const written = (text: string, mode = 0o600) => {
  const file = join(dir, 'dns.key')
  writeFileSync(file, text)
  chmodSync(file, mode)
  return file
}

it('reads lines of key and value, and shows none of them', () => {
  const file = written('# of the course\nsecret_key: "abc-def"\r\n\n')
  const keys = readKeys(file, ['secret_key'])
  expect(keys.secret_key.reveal()).toBe('abc-def')
  expect(JSON.stringify(keys)).not.toContain('abc')
})

it('says which keys are missing, and of which file there is none', () => {
  expect(() => readKeys(written('secret_key:\n'), ['secret_key', 'consumer_key'])).toThrow(
    'lacks secret_key, consumer_key',
  )
  expect(() => readKeys(join(dir, 'none'), ['secret_key'])).toThrow('cannot be read')
  expect(() => checkTsigKey(join(dir, 'none'))).toThrow('cannot be read')
})

it('warns of a file that others may read', () => {
  expect(openToOthers(written('', 0o600))).toBe(null)
  expect(openToOthers(written('', 0o644))).toContain('chmod 600')
})

it.each([
  'key "course" {\n\talgorithm hmac-sha256;\n\tsecret "bm90IGEga2V5Cg==";\n};\n',
  '# from ns1\nkey course. { algorithm hmac-sha512; secret bm90IGEga2V5Cg==; };',
])('takes a key statement', (text) => {
  expect(() => checkTsigKey(written(text))).not.toThrow()
})
it.each([
  '',
  'application_key: abc\n',
  'key "course" { algorithm hmac-sha256; secret "not base64!"; };',
  'key "course" { algorithm hmac-md5; secret "bm90IGEga2V5Cg=="; };',
])('refuses what dig and nsupdate would go on without: %j', (text) => {
  expect(() => checkTsigKey(written(text))).toThrow('is not a TSIG key')
})
