// What a person types and what bateau writes down: names, prefixes, tags, user data, states.
import { describe, expect, it } from 'vitest'
import { Trouble } from '../../core/fault.ts'
import { allows, demand } from './can.ts'
import { choose } from './choose.ts'
import { readAllowance, readSource } from './exam-allowance.ts'
import { userData } from './guest.ts'
import {
  groupTag,
  keepTag,
  keptUntil,
  rebuildTag,
  rolesBefore,
  roleTag,
  toRebuild,
  wallBefore,
} from './tags.ts'

const member = (login: string) => ({ login, name: login, email: null, team: null, sshKey: null })
const seats = [
  { name: 'ada', group: 'g1', members: [member('ada')] },
  { name: 'red', group: 'g2', members: [member('grace'), member('edsger')] },
]
const codeOf = (work: () => unknown) => {
  try {
    work()
    return 'none'
  } catch (error) {
    return error instanceof Trouble ? error.fault.code : String(error)
  }
}

describe('who is meant', () => {
  it.each([
    [[], ['ada', 'red']],
    [['ada'], ['ada']],
    [['g2'], ['red']],
    [['edsger'], ['red']],
    [
      ['red', 'g1'],
      ['ada', 'red'],
    ],
  ])('%j: %j', (names, expected) => expect(choose(seats, names).map(({ name }) => name)).toEqual(expected))
  it('a name of nobody is refused, and nothing is done to the others', () =>
    expect(codeOf(() => choose(seats, ['ada', 'adda']))).toBe('no-such-seat'))
})

describe('what is allowed', () => {
  it.each([
    ['2001:db8::/32:443', '2001:db8::/32 443 tcp'],
    ['[2001:db8::/32]:443', '2001:db8::/32 443 tcp'],
    ['[2001:db8::53]:53/udp', '2001:db8::53/128 53 udp'],
  ])('%s', (text, expected) => {
    const { prefix, port, protocol } = readAllowance(text)
    expect(`${prefix} ${port} ${protocol}`).toBe(expected)
  })
  it.each([
    '2001:db8::1:443',
    '10.0.0.0/8:80',
    '2001:db8::/32',
    '2001:db8::/32:0',
    '2001:db8::/32:70000',
    'example.org:80',
  ])('%s is refused, as it does not say one thing', (text) =>
    expect(codeOf(() => readAllowance(text))).toBe('not-allowed-form'),
  )
  it('a source is a prefix or an address', () => {
    expect(String(readSource('2001:db8::1'))).toBe('2001:db8::1/128')
    expect(codeOf(() => readSource('campus'))).toBe('not-allowed-form')
  })
})

it('tags say again what was written into them, and fit into 60 characters of Nova', () => {
  const id = '3c03ca7f-f9b0-47c3-a801-4f801c4488fa'
  expect(rebuildTag(id).length).toBeLessThanOrEqual(60)
  expect(groupTag(id).length).toBeLessThanOrEqual(60)
  expect(toRebuild({ tags: ['x', rebuildTag(id)] })).toBe(id)
  expect(wallBefore(['mine', groupTag('a'), groupTag('b')])).toEqual({ groups: ['a', 'b'], secured: true })
  expect(wallBefore([groupTag('none')])).toEqual({ groups: [], secured: true })
  expect(wallBefore(['mine'])).toBeUndefined()
  expect(rolesBefore({ tags: [roleTag('u', 'r'), 'x'] })).toEqual([{ userId: 'u', roleId: 'r' }])
  expect(keptUntil({ tags: [keepTag('2027-03-01'), keepTag('2027-02-01')] })).toBe('2027-03-01')
})

it('an action is refused in a state that does not allow it, with those that do', () => {
  expect(allows('start', { status: 'SHUTOFF' })).toBe(true)
  expect(allows('start', { status: 'ACTIVE' })).toBe(false)
  expect(allows('stop', { status: 'A_STATE_OF_THE_FUTURE' })).toBe(false)
  expect(() => demand('rebuild', { name: 'vm1', status: 'BUILD' })).toThrow('vm1 is BUILD')
})

it('user data names each key once, as YAML that no comment of a key breaks out of', () => {
  expect(userData(['ssh-ed25519 AAAA a"b', 'ssh-ed25519 AAAA a"b'])).toBe(
    '#cloud-config\nssh_authorized_keys:\n  - "ssh-ed25519 AAAA a\\"b"\n',
  )
})
