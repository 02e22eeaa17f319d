import { expect, it } from 'vitest'
import { Trouble } from '../../core/fault.ts'
import { Address } from '../../core/prefix.ts'
import { no, type Seen, yes } from '../../core/verdict.ts'
import { localShell } from '../../host/spawn.ts'
import type { ProofInput } from '../proof-input.ts'
import { patiently } from './patience.ts'

const target = Address.of('2001:db8::1')
const silent = no('0 of 3 replies', { code: 'instance-silent', why: 'it starts', fix: 'wait' })
const unreachable = () => {
  throw new Trouble({ code: 'guest-unreachable', title: 'no answer', why: 'it starts', fix: 'wait' })
}

/** A check whose clock goes on by a minute at each look at it. */
function check(patienceSeconds: number): ProofInput {
  let minutes = 0
  return {
    sites: [],
    hostShell: () => localShell(),
    vantages: [],
    instances: [],
    outsideTargets: { pings: [target, target], tcp: { address: target, port: 53 } },
    knownHosts: '/dev/null',
    patienceSeconds,
    now: () => new Date(60_000 * minutes++),
  } as unknown as ProofInput
}

/** Answers in turn; the last one from then on. */
function answers(...all: (() => Seen)[]) {
  let i = 0
  return { look: async () => (all[Math.min(i++, all.length - 1)] ?? unreachable)(), looks: () => i }
}

it.each([
  ['an instance that begins to answer is waited for', 180, 2, 'yes'],
  ['without patience the first answer counts', 0, 1, 'could-not-check'],
] as const)('%s', async (_, patience, looks, verdict) => {
  const instance = answers(unreachable, () => yes('3 of 3 replies'))
  expect((await patiently(check(patience), instance.look)).verdict).toBe(verdict)
  expect(instance.looks()).toBe(looks)
})

it('one that never does is told as it was seen last', async () => {
  const instance = answers(unreachable, () => silent)
  expect(await patiently(check(90), instance.look)).toBe(silent)
})

it('a bug is thrown at once', async () => {
  const instance = answers(() => {
    throw new TypeError('no such thing')
  })
  await expect(patiently(check(180), instance.look)).rejects.toThrow(TypeError)
})
