// Holds the running of probes to order, needs and honesty about what was not looked at.
import { describe, expect, it } from 'vitest'
import { Trouble } from '../core/fault.ts'
import { no, unclear, yes, type Seen } from '../core/verdict.ts'
import { runProbes, type Probe } from './probe.ts'

const now = () => new Date('2026-01-01T00:00:00Z')
const probe = (id: string, seen: Seen | (() => Promise<Seen>), more: Partial<Probe> = {}): Probe => ({
  id,
  title: `claim ${id}`,
  vantage: 'here',
  run: typeof seen === 'function' ? seen : async () => seen,
  ...more,
})
const fault = { code: 'c', why: 'w', fix: 'f' }

describe('running probes', () => {
  it('keeps the order of the probes in its results, whatever ends first', async () => {
    const results = await runProbes(
      [
        probe('late', yes('1'), { needs: ['early'] }),
        probe('early', yes('2')),
        probe('heavy', yes('3'), { heavy: true }),
      ],
      { now },
    )
    expect(results.map((result) => result.id)).toEqual(['late', 'early', 'heavy'])
  })

  it('does not look where what is needed is not there: could not check, not no', async () => {
    let looked = false
    const results = await runProbes(
      [
        probe('host', unclear('no answer')),
        probe('lease', async () => ((looked = true), no('gone', fault)), { needs: ['host'] }),
      ],
      { now },
    )
    expect(looked).toBe(false)
    expect(results[1]).toMatchObject({
      verdict: 'could-not-check',
      seen: 'not looked at: it needs that claim host',
    })
  })

  it('looks all the same where only a cause is broken, and says on what the result leans', async () => {
    const results = await runProbes(
      [probe('lease', no('gone', fault)), probe('ping', yes('5 of 5'), { causes: ['lease'] })],
      { now },
    )
    expect(results[1]).toMatchObject({ verdict: 'yes', dependsOn: ['lease'] })
  })

  it('runs heavy probes when every light one is done', async () => {
    const ran: string[] = []
    const tell = (id: string, more: Partial<Probe> = {}) =>
      probe(id, async () => (ran.push(id), yes(id)), more)
    await runProbes([tell('scan', { heavy: true }), tell('a'), tell('b', { needs: ['a'] })], { now })
    expect(ran).toEqual(['a', 'b', 'scan'])
  })

  it('turns trouble of the place into could not check, and lets bugs through', async () => {
    const trouble = new Trouble({ code: 'host-unreachable', title: 'os1 is away', why: 'timeout', fix: 'x' })
    const away = probe('away', () => Promise.reject(trouble))
    expect(await runProbes([away], { now })).toMatchObject([
      { verdict: 'could-not-check', seen: 'os1 is away: timeout', fault: { code: 'host-unreachable' } },
    ])
    const bug = probe('bug', () => Promise.reject(new TypeError('bug')))
    await expect(runProbes([bug], { now })).rejects.toThrow(TypeError)
  })

  it('tells each result as it comes, with its time', async () => {
    const told: string[] = []
    await runProbes([probe('a', yes('x'))], { now, onResult: ({ id, at }) => told.push(`${id} ${at}`) })
    expect(told).toEqual(['a 2026-01-01T00:00:00.000Z'])
  })

  it('refuses probes that need each other', async () => {
    const ring = [probe('a', yes(''), { needs: ['b'] }), probe('b', yes(''), { needs: ['a'] })]
    await expect(runProbes(ring, { now })).rejects.toThrow(RangeError)
  })

  it('refuses two of one id: only one of them would be looked at', async () => {
    await expect(runProbes([probe('a', yes('')), probe('a', no('x', fault))], { now })).rejects.toThrow(
      'two probes are called a',
    )
  })

  it('looks at nothing more once interrupted', async () => {
    const results = await runProbes([probe('a', yes('x'))], { now, signal: AbortSignal.abort() })
    expect(results[0]?.verdict).toBe('could-not-check')
  })
})
