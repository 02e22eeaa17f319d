// Holds healing to its order, its budgets and its honesty, on a server whose faults have names and yield to certain commands.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Shell } from '../core/shell.ts'
import { repairsOf } from '../delivery/repair/repairs.ts'
import { site } from '../delivery/site.fixture.ts'
import { troubleFault } from '../delivery/trouble/catalogue.ts'
import { type TroubleCode, troubleCodes } from '../delivery/trouble/code.ts'
import { heal, type HealEvent, type HealInput } from './heal.ts'
import { dhcpv6PerMinute, emptyLedger, type Ledger } from './ledger.ts'
import type { CheckResult } from './result.ts'

/** `by`: a text in the command that mends the fault; null: nothing does. `late`: looks that it takes to show. */
type Fault = { code: TroubleCode; by: string | null; about?: Record<string, string>; late?: number }

/** A server with such faults, a clock that only waiting moves, and all that was run and said. */
class Server {
  now = 1_000
  ledger: Ledger = emptyLedger
  readonly ran: { at: number; command: string }[] = []
  readonly events: HealEvent[] = []
  #faults: Fault[]
  #mended = new Map<TroubleCode, number>()

  constructor(...faults: Fault[]) {
    this.#faults = faults
  }

  get input(): HealInput {
    const shell: Shell = {
      name: 'os1',
      run: async (argv) => {
        const command = argv.join(' ')
        this.ran.push({ at: this.now, command })
        for (const { code, by, late = 0 } of this.#faults)
          if (by !== null && command.includes(by) && !this.#mended.has(code)) this.#mended.set(code, late)
        return { code: 0, stdout: '', stderr: '' }
      },
    }
    return {
      site,
      shell,
      look: async () => this.look(),
      ledger: {
        read: () => this.ledger,
        write: (next) => (this.ledger = JSON.parse(JSON.stringify(next)) as Ledger),
      },
      emit: (event) => this.events.push(event),
      clock: {
        milliseconds: () => this.now,
        wait: async (milliseconds) => {
          this.now += milliseconds
        },
      },
    }
  }

  look(): CheckResult[] {
    for (const [code, looks] of this.#mended) this.#mended.set(code, looks - 1)
    this.#faults = this.#faults.filter(({ code }) => (this.#mended.get(code) ?? 0) >= 0)
    return troubleCodes.map((code) => {
      const fault = this.#faults.find((one) => one.code === code)
      const base = { id: `host/os1/${code}`, title: code, vantage: 'os1', at: '' }
      if (!fault) return { ...base, verdict: 'yes' as const, seen: 'well' }
      const about = fault.about ? { about: fault.about } : {}
      return { ...base, verdict: 'no' as const, seen: 'broken', fault: troubleFault(site, code), ...about }
    })
  }

  said = (type: HealEvent['type']) => this.events.filter((event) => event.type === type)
}

const repaired = (server: Server) =>
  server.events.flatMap((event) => (event.type === 'repair.done' ? [`${event.repair} ${event.helped}`] : []))

describe('healing', () => {
  it('of a server that is well does nothing and says nothing', async () => {
    const server = new Server()
    expect(await heal(server.input)).toMatchObject({ tried: [], nextMilliseconds: null })
    expect([server.ran, server.events]).toEqual([[], []])
  })

  it('tries the gentlest first, looks, and ends when it helped', async () => {
    const server = new Server({ code: 'public-address-lost', by: 'ip -6 address replace' })
    await heal(server.input)
    expect(server.ran.map(({ command }) => command)).toEqual([
      'ip -6 address replace 2001:2:0:1101::1/64 dev br-ex',
    ])
    expect(repaired(server)).toEqual(['br-ex/address true'])
  })

  it('waits for a repair to show before it says that it did not help', async () => {
    const server = new Server({ code: 'public-address-lost', by: 'ip -6 address replace', late: 2 })
    await heal(server.input)
    expect(repaired(server)).toEqual(['br-ex/address true'])
    expect(server.now).toBeGreaterThanOrEqual(3_000)
  })

  it('goes on to the next when one does not help', async () => {
    const server = new Server({ code: 'default-route-lost', by: 'networkctl reconfigure' })
    await heal(server.input)
    expect(repaired(server)).toEqual(['uplink/solicit false', 'uplink/reconfigure true'])
  })

  it('mends several causes, each by its own', async () => {
    const server = new Server(
      { code: 'forwarding-off', by: 'conf/all/forwarding' },
      { code: 'tenant-route-lost', by: 'ip -6 route replace', about: { network: 'class-g1' } },
    )
    const { results } = await heal(server.input)
    expect(results.every(({ verdict }) => verdict === 'yes')).toBe(true)
    expect(repaired(server).sort()).toEqual(['br-transit/route/class-g1 true', 'kernel/forwarding true'])
  })

  it('comes back with the time until it may try again, and says once when nothing is left', async () => {
    const server = new Server({ code: 'forwarding-off', by: null })
    const first = await heal(server.input)
    expect(first.nextMilliseconds).toBeGreaterThan(0)
    expect(server.said('given-up')).toEqual([])
    for (let i = 0; i < 20; i++) {
      const { nextMilliseconds } = await heal(server.input)
      if (nextMilliseconds === null) break
      server.now += nextMilliseconds
    }
    await heal(server.input)
    expect(server.ran.filter(({ command }) => command.includes('"$2"'))).toHaveLength(4)
    expect(server.said('given-up')).toMatchObject([
      { code: 'forwarding-off', why: expect.stringContaining('was tried, and did not help') },
    ])
  })

  it('hands over at once what is a person’s, with what to do', async () => {
    const server = new Server({ code: 'lease-refused', by: null })
    expect(await heal(server.input)).toMatchObject({ tried: [], nextMilliseconds: null })
    expect(server.events).toMatchObject([
      { type: 'given-up', code: 'lease-refused', fix: expect.stringContaining('DUID') },
    ])
    await heal(server.input)
    expect(server.events).toHaveLength(1)
  })

  it('mends the cause, and not what follows from it', async () => {
    const server = new Server(
      { code: 'link-down', by: 'ip link set eno1 up' },
      { code: 'default-route-lost', by: 'ip link set eno1 up', late: 1 },
    )
    const link = { id: 'host/os1/link-down' }
    const input = server.input
    const look = async () =>
      server
        .look()
        .map((one) => (one.id === 'host/os1/default-route-lost' ? { ...one, dependsOn: [link.id] } : one))
    await heal({ ...input, look })
    expect(repaired(server)[0]).toBe('uplink/up true')
    expect(server.ran[0]?.command).toBe('ip link set eno1 up')
  })

  it('only of the causes that were asked for', async () => {
    const server = new Server({ code: 'forwarding-off', by: '/proc/sys' }, { code: 'link-down', by: 'up' })
    await heal({ ...server.input, only: (code) => code === 'link-down' })
    expect(repaired(server)).toEqual(['uplink/up true'])
  })

  it('dry: names every command, and runs none', async () => {
    const server = new Server({ code: 'default-route-lost', by: null }, { code: 'lossy-path', by: null })
    await heal({ ...server.input, dryRun: true })
    expect(server.ran).toEqual([])
    expect(server.ledger).toEqual(emptyLedger)
    expect(server.events.map((event) => `${event.type} ${event.code}`)).toEqual([
      'repair.planned default-route-lost',
      'repair.planned default-route-lost',
      'given-up lossy-path',
    ])
  })

  it('keeps an isolated stray router in reach of the repair that was told which it is', () => {
    expect(repairsOf(site, 'second-default-route')).toEqual([])
    const [first] = repairsOf(site, 'second-default-route', { stray: 'fe80::bad' })
    expect(first?.commands[0]?.stdin).toContain('ip6 saddr fe80::bad icmpv6 type nd-router-advert drop')
    expect(first?.undo).toEqual([{ argv: ['nft', 'delete', 'table', 'inet', 'bateau-quarantine'] }])
  })
})

describe('whatever is broken, and whatever helps', () => {
  const fault = fc.record({
    code: fc.constantFrom(...troubleCodes),
    by: fc.constantFrom(null, null, 'reconfigure', 'replace', 'perl', 'start'),
    about: fc.constant({ units: 'mariadb.service', stray: 'fe80::bad', network: 'class-g1', link: 'br-ex' }),
  })

  it('no repair is tried oftener than its budget, and DHCPv6 never more than five times a minute', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fault, { selector: ({ code }) => code, maxLength: 8 }),
        fc.array(fc.integer({ min: 0, max: 90_000 }), { maxLength: 25 }),
        async (faults, pauses) => {
          const server = new Server(...faults)
          for (const pause of pauses) {
            await heal(server.input)
            server.now += pause
          }
          for (const { code, about } of faults)
            for (const { id, budget } of repairsOf(site, code, about)) {
              const tries = server.events.filter(
                (event) => event.type === 'repair.started' && event.repair === id && event.code === code,
              )
              expect(tries.length).toBeLessThanOrEqual(budget.times)
            }
          const asked = server.ran
            .filter(({ command }) => command === 'networkctl reconfigure eno1')
            .map(({ at }) => at)
          for (const at of asked)
            expect(asked.filter((one) => one > at - 60_000 && one <= at).length).toBeLessThanOrEqual(
              dhcpv6PerMinute,
            )
          expect(server.said('repair.started')).toHaveLength(server.said('repair.done').length)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('repairs', () => {
  it('have ids of their own for one trouble, an end, and no shell but one named', () => {
    for (const code of troubleCodes) {
      const all = repairsOf(site, code, { units: 'nginx.service', stray: 'fe80::bad', kernel: 'listens' })
      expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
      for (const { budget, settleSeconds, commands } of all) {
        expect(budget.times).toBeGreaterThan(0)
        expect(settleSeconds).toBeGreaterThan(0)
        expect(commands.length).toBeGreaterThan(0)
      }
    }
  })

  it('that configure a delegated uplink anew are counted as DHCPv6', () => {
    const spending = troubleCodes
      .flatMap((code) => repairsOf(site, code, { stray: 'fe80::bad' }))
      .filter(({ commands }) => commands.some(({ argv }) => argv.join(' ').includes('reconfigure eno1')))
    expect(spending.length).toBeGreaterThan(0)
    for (const { spends } of spending) expect(spends).toBe('dhcpv6')
  })

  it('of a code that nobody knows are none', () => {
    expect(repairsOf(site, 'instance-unreachable')).toEqual([])
  })
})
