// Holds a quick look to what it must take along, and a round of looks to what is new in it.
import { expect, it } from 'vitest'
import { yes } from '../core/verdict.ts'
import { changed } from './changed.ts'
import type { Probe } from './probe.ts'
import type { CheckResult } from './result.ts'
import { about } from './select.ts'

const probe = (id: string, more: Partial<Probe> = {}): Probe => ({
  id,
  title: id,
  vantage: 'here',
  run: () => Promise.resolve(yes('')),
  ...more,
})
const all = [
  probe('host/os1/reached'),
  probe('host/os1/network/link', { needs: ['host/os1/reached'] }),
  probe('host/os2/reached'),
  probe('neighbour/server/vm', { needs: ['host/os1/reached'] }),
  probe('outside/ping-in/vm', { needs: ['vantage/outside'], causes: ['host/os1/network/link'] }),
  probe('vantage/outside'),
  probe('outside/closed/os1/ipv6', { heavy: true }),
]
const ids = (names: string[]) => {
  const picked = about(all, names)
  return picked.ok ? picked.value.map(({ id }) => id) : picked.faults
}

it('a look at an instance takes what it needs and what may explain it, and no other server', () => {
  expect(ids(['vm'])).toEqual([
    'host/os1/reached',
    'host/os1/network/link',
    'neighbour/server/vm',
    'outside/ping-in/vm',
    'vantage/outside',
  ])
})

it('a look at a server leaves the heavy ones out', () => {
  expect(ids(['os1'])).toEqual(['host/os1/reached', 'host/os1/network/link'])
  expect(ids(['os1', 'os2'])).toContain('host/os2/reached')
})

it('a name without its cloud is that of an instance in each', () => {
  const clouds = [
    probe('outside/ping-in/vm@os1'),
    probe('outside/ping-in/vm@os2'),
    probe('outside/ping-in/vm2@os1'),
  ]
  const named = (name: string) => {
    const picked = about(clouds, [name])
    return picked.ok ? picked.value.map(({ id }) => id) : picked.faults
  }
  expect(named('vm')).toEqual(['outside/ping-in/vm@os1', 'outside/ping-in/vm@os2'])
  expect(named('vm@os2')).toEqual(['outside/ping-in/vm@os2'])
})

it('a name that is not there is refused with those that are', () => {
  expect(ids(['reached', 'nobody'])).toMatchObject([{ code: 'no-such-name', why: 'there are: os1, os2, vm' }])
})

const result = (id: string, verdict: CheckResult['verdict'], code?: string, seen = ''): CheckResult => ({
  id,
  title: id,
  verdict,
  seen,
  vantage: 'here',
  at: '2026-11-24T03:00:00.000Z',
  ...(code === undefined ? {} : { fault: { code, title: '', why: '', fix: '' } }),
})

it('of the first round only what is not well is new', () => {
  const first = [result('a', 'yes'), result('b', 'no', 'x'), result('c', 'could-not-check')]
  expect(changed([], first).map(({ id }) => id)).toEqual(['b', 'c'])
})

it('another verdict or cause is new, other words are not', () => {
  const before = [result('a', 'yes', undefined, '1 ms'), result('b', 'no', 'x'), result('c', 'no', 'x')]
  const now = [result('a', 'yes', undefined, '2 ms'), result('b', 'no', 'y'), result('c', 'yes')]
  expect(changed(before, now).map(({ id }) => id)).toEqual(['b', 'c'])
})
