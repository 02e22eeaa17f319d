import { describe, expect, it } from 'vitest'
import type { CheckResult } from '../check/result.ts'
import { Bell } from './bell.ts'
import { FakeClock } from './clock.fixture.ts'
import type { AgentEventBody } from './events.ts'
import { loop, type LookKind } from './loop.ts'
import { Troubles } from './troubles.ts'

/** A server with checks by name, each with what makes it fail; those with a ping only a full look answers. */
class FakeServer {
  readonly clock = new FakeClock()
  readonly bell = new Bell()
  readonly told: (AgentEventBody & { t: number })[] = []
  readonly looks: { kind: LookKind; t: number }[] = []
  readonly broken = new Set<string>()
  readonly unclear = new Set<string>()
  mends = true
  patientUntil = 0
  keeps = 0
  mendings = 0
  /** Milliseconds that a repair takes. */
  repairTakes = 500

  readonly #stop = new AbortController()

  result(id: string): CheckResult {
    const verdict = this.broken.has(id) ? 'no' : this.unclear.has(id) ? 'could-not-check' : 'yes'
    const fault = { code: `${id}-lost`, title: id, why: '', fix: 'mend it' }
    const base = { id, title: id, verdict, seen: verdict, vantage: 'os1', at: '' } as const
    return {
      ...base,
      ...(verdict === 'no' ? { fault } : {}),
      ...(id === 'ping' ? { dependsOn: ['route'] } : {}),
    }
  }

  async runFor(milliseconds: number): Promise<void> {
    const { clock, bell } = this
    const until = clock.milliseconds() + milliseconds
    clock.at(until, () => this.#stop.abort())
    const parts = {
      clock,
      bell,
      troubles: new Troubles((event) => void this.told.push({ ...event, t: clock.milliseconds() })),
      isActive: (id: string) => id === 'ping',
      look: async (kind: LookKind) => {
        this.looks.push({ kind, t: clock.milliseconds() })
        return ['address', 'route', ...(kind === 'full' ? ['ping'] : [])].map((id) => this.result(id))
      },
      patientUntil: this.patientUntil,
      mend: this.mends
        ? async (_: readonly CheckResult[], look: () => Promise<unknown>) => {
            this.mendings++
            await clock.wait(this.repairTakes, new AbortController().signal)
            this.broken.clear()
            await look()
          }
        : null,
      keep: async () => void this.keeps++,
      alive: async () => {},
    }
    await clock.run(loop(parts, this.#stop.signal))
  }

  types(): string[] {
    return this.told.map((event) => (event.type === 'look' ? `look ${event.findings.length}` : event.type))
  }
}

describe('the loop', () => {
  it('looks fully every ten seconds when nothing happens, and tells it once a minute', async () => {
    const server = new FakeServer()
    await server.runFor(125_000)
    expect(new Set(server.looks.map(({ kind }) => kind))).toEqual(new Set(['full']))
    expect(server.looks.length).toBe(13)
    expect(server.types()).toEqual(['look 0', 'look 0', 'look 0'])
    expect(server.mendings).toBe(0)
  })

  it('looks at once when the bell rings, is sure, tells, mends, and tells that it is gone', async () => {
    const server = new FakeServer()
    server.clock.at(13_000, () => {
      server.broken.add('route')
      server.bell.ring()
    })
    await server.runFor(30_000)
    expect(server.types()).toEqual(['look 0', 'trouble.noticed', 'look 1', 'trouble.gone', 'look 0'])
    const [, noticed, , gone] = server.told
    expect(noticed).toMatchObject({ code: 'route-lost', id: 'route', fix: 'mend it', t: 13_900 })
    expect(gone).toMatchObject({ code: 'route-lost', t: 14_400, after_seconds: 0.5 })
    expect(server.mendings).toBe(1)
  })

  it('says nothing of what the platform mends at once', async () => {
    const server = new FakeServer()
    server.clock.at(13_000, () => (server.broken.add('address'), server.bell.ring()))
    server.clock.at(13_500, () => void server.broken.delete('address'))
    await server.runFor(20_000)
    expect(server.types()).toEqual(['look 0'])
    expect(server.mendings).toBe(0)
  })

  it('says nothing of what only the second look shows, and the third does not', async () => {
    const server = new FakeServer()
    server.mends = false
    server.clock.at(13_000, () => (server.broken.add('address'), server.bell.ring()))
    server.clock.at(13_500, () => void server.broken.add('route'))
    server.clock.at(14_200, () => void server.broken.delete('route'))
    await server.runFor(20_000)
    const noticed = server.told.filter((event) => event.type === 'trouble.noticed')
    expect(noticed).toMatchObject([{ code: 'address-lost', t: 14_600 }])
  })

  it('tells of everything in the end where each look shows something else', async () => {
    const server = new FakeServer()
    server.mends = false
    let at = 13_000
    for (const [here, gone] of Array.from({ length: 40 }, (_, i) =>
      i % 2 === 0 ? (['address', 'route'] as const) : (['route', 'address'] as const),
    ))
      server.clock.at(
        (at += 700),
        () => (server.broken.add(here), server.broken.delete(gone), server.bell.ring()),
      )
    await server.runFor(30_000)
    expect(server.types()).toContain('trouble.noticed')
  })

  it('finds with the next full look what the kernel does not tell', async () => {
    const server = new FakeServer()
    server.clock.at(1_000, () => void server.broken.add('ping'))
    await server.runFor(30_000)
    const noticed = server.told.find((event) => event.type === 'trouble.noticed')
    expect(noticed).toMatchObject({ code: 'ping-lost' })
    expect(noticed?.t).toBeLessThan(15_000)
  })

  it('does not blame an old ping when the state has changed since', async () => {
    const server = new FakeServer()
    server.mends = false
    server.clock.at(9_900, () => (server.broken.add('route'), server.broken.add('ping')))
    server.clock.at(15_000, () => (server.broken.clear(), server.bell.ring()))
    await server.runFor(40_000)
    const noticed = server.told.filter((event) => event.type === 'trouble.noticed')
    expect(noticed).toMatchObject([{ code: 'route-lost' }])
    expect(server.types().at(-1)).toBe('look 0')
  })

  it('that only observes mends nothing, and goes on telling', async () => {
    const server = new FakeServer()
    server.mends = false
    server.broken.add('address')
    await server.runFor(75_000)
    expect(server.types()).toEqual(['trouble.noticed', 'look 1', 'look 1'])
  })

  it('does not take for gone what it cannot check any more', async () => {
    const server = new FakeServer()
    server.mends = false
    server.broken.add('address')
    server.clock.at(12_000, () => (server.broken.clear(), server.unclear.add('address'), server.bell.ring()))
    await server.runFor(20_000)
    expect(server.types()).not.toContain('trouble.gone')
  })

  it('is patient with a server that starts, and not longer than that', async () => {
    const [quick, slow] = [new FakeServer(), new FakeServer()]
    for (const server of [quick, slow]) {
      server.patientUntil = 30_000
      server.broken.add('address')
    }
    quick.clock.at(7_000, () => quick.broken.clear())
    await quick.runFor(40_000)
    expect(quick.types()).toEqual(['look 0'])
    expect(quick.told[0]?.t).toBeLessThan(10_000)
    await slow.runFor(40_000)
    expect(slow.types()).toEqual(['trouble.noticed', 'look 1', 'trouble.gone', 'look 0'])
    expect(slow.told[0]?.t).toBeGreaterThanOrEqual(30_000)
  })

  it('believes a fault at once on a server that has just started, when all was well before it', async () => {
    const server = new FakeServer()
    server.patientUntil = 30_000
    server.mends = false
    server.broken.add('route')
    server.clock.at(500, () => (server.broken.clear(), server.bell.ring()))
    server.clock.at(1_950, () => (server.broken.add('address'), server.bell.ring()))
    await server.runFor(20_000)
    expect(server.types()).toEqual(['look 0', 'trouble.noticed', 'look 1'])
    expect(server.told[1]?.t).toBeLessThan(10_000)
  })

  it('is not driven by a storm of rings', async () => {
    const server = new FakeServer()
    for (let t = 0; t < 60_000; t += 50) server.clock.at(t, () => server.bell.ring())
    await server.runFor(60_000)
    expect(server.looks.length).toBeLessThanOrEqual(61)
  })

  it('does the same whatever the wall clock is set to', async () => {
    const [calm, jumpy] = [new FakeServer(), new FakeServer()]
    for (const server of [calm, jumpy])
      server.clock.at(13_000, () => (server.broken.add('route'), server.bell.ring()))
    for (const [t, hours] of [
      [5_000, 7],
      [13_100, -30],
      [21_000, 400],
    ] as const)
      jumpy.clock.at(t, () => void (jumpy.clock.wallOffset += hours * 3_600_000))
    await calm.runFor(60_000)
    await jumpy.runFor(60_000)
    expect(jumpy.told).toEqual(calm.told)
    expect(jumpy.looks).toEqual(calm.looks)
  })
})
