// The SSH configuration of a hand-out, read by the ssh that will read it.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { Address, Prefix } from '../core/prefix.ts'
import { addressPattern, handoutSsh, knownIn } from './handout-ssh.ts'
import { fullSheet, plainSheet } from './page/sheet.fixture.ts'

const dir = mkdtempSync(join(tmpdir(), 'bateau-ssh-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const blocks = [Prefix.of('2001:db8:17::/56')]
const instances = [
  { name: 'vm1', address: '2001:db8:17:80::a1' },
  { name: 'web server', address: '2001:db8:17:80::a2' },
  { name: '*', address: '2001:db8:17:80::a3' },
  { name: 'github.com', address: '2001:db8:17:80::a4' },
  { name: 'nets-2027-jump', address: '2001:db8:17:80::a5' },
]

/** What ssh(1) makes of it for a host. */
function of(text: string, host: string): Record<string, string> {
  const path = join(dir, 'config')
  writeFileSync(path, text)
  const out = execFileSync('ssh', ['-G', '-F', path, host], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return Object.fromEntries(
    out.split('\n').map((line) => [line.split(' ')[0] ?? '', line.split(' ').slice(1).join(' ')]),
  )
}

describe('with a jump host', () => {
  const text = handoutSsh(fullSheet, blocks, instances)

  it.each(['vm1', '2001:db8:17:80::ff', 'vm1.rouge.course.example'])(
    '%s is reached through it, with the own key',
    (host) => {
      expect(of(text, host)).toMatchObject({
        user: 'debian',
        proxyjump: 'nets-2027-jump',
        identityfile: '~/.ssh/nets-2027',
        identitiesonly: 'yes',
        hostname: host === 'vm1' ? '2001:db8:17:80::a1' : host,
      })
    },
  )

  it('the jump host itself is reached by the own log-in, at its port', () => {
    const jump = of(text, 'nets-2027-jump')
    expect(jump).toMatchObject({ user: 'eloise-d-herouville', port: '2222', hostname: 'jump.course.example' })
    expect(jump['proxyjump']).toBeUndefined()
    expect(jump['userknownhostsfile']).toMatch(/\/.ssh\/nets-2027\.jump_known_hosts$/)
    expect(of(text, 'vm1')['userknownhostsfile']).toMatch(/\/.ssh\/nets-2027\.known_hosts$/)
  })

  it('an instance is reached directly as well', () => {
    const direct = of(text, 'vm1-direct')
    expect(direct).toMatchObject({
      user: 'debian',
      hostname: '2001:db8:17:80::a1',
      identityfile: '~/.ssh/nets-2027',
    })
    expect(direct['proxyjump']).toBeUndefined()
  })

  it.each(['github.com', 'anything', '2001:db8:18::1', 'web'])('%s is none of its business', (host) => {
    expect(of(text, host)).toMatchObject({ hostname: host })
    expect(of(text, host)['proxyjump']).toBeUndefined()
  })
})

it('without a jump host, and with a key of their own, it says neither', () => {
  const text = handoutSsh({ ...plainSheet, key: { kind: 'brought' } }, blocks, instances)
  expect(text).not.toMatch(/Jump|IdentityFile/)
  expect(of(text, 'vm1')).toMatchObject({ user: 'root', hostname: '2001:db8:17:80::a1' })
})

it('the pattern of a block matches the text of each of its addresses', () => {
  const glob = (pattern: string) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`)
  expect(addressPattern(Prefix.of('2001:db8:17::/56'))).toBe('2001:db8:17:*')
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 }),
      fc.integer({ min: 1, max: 64 }),
      (groups, length) => {
        const address = Address.of(groups.map((one) => one.toString(16)).join(':'))
        const bits = (address.bits >> BigInt(128 - length)) << BigInt(128 - length)
        const block = Prefix.of(`${Address.fromBits(bits)}/${length}`)
        expect(String(address)).toMatch(glob(addressPattern(block)))
      },
    ),
  )
})

it.each([
  ['with a jump host', fullSheet],
  ['without one', plainSheet],
])(
  '%s, the instances that it names can be read from it, and it is written the same with them',
  (_, sheet) => {
    const text = handoutSsh(sheet, blocks, instances)
    expect(knownIn(text)).toEqual([instances[0]])
    expect(handoutSsh(sheet, blocks, knownIn(text))).toBe(text)
    expect(knownIn(handoutSsh(sheet, blocks, []))).toEqual([])
  },
)
