// Holds the vantage to a server that speaks Globalping's API, through the official client: regions, limits, faults.
import { afterEach, describe, expect, it } from 'vitest'
import { type FakeGlobalping, type FakeProbe, fakeGlobalping, type Deed } from '../../test/fake/globalping.ts'
import { Address } from '../core/prefix.ts'
import { Secret } from '../core/secret.ts'
import { openGlobalping } from './globalping-api.ts'
import type { Spent } from './globalping-spend.ts'
import { globalpingVantage } from './globalping.ts'
import { together } from './regions.ts'
import type { Vantage } from './vantage.ts'

const probes: FakeProbe[] = [
  { country: 'FR', asn: 3215, network: 'Orange' },
  { country: 'DE', asn: 3320, network: 'Telekom' },
  { country: 'US', asn: 7922, network: 'Comcast' },
]
const control = Address.of('2620:fe::fe')
const to = Address.of('2001:db8:17::1')
const well: Deed = { sent: 3, received: 3 }
const lost: Deed = { sent: 3, received: 0 }

let server: FakeGlobalping
afterEach(() => server.close())

function vantageAt(spent: Spent[] = [], token: string | null = null): Vantage {
  return globalpingVantage({
    open: () => openGlobalping(token === null ? null : new Secret(token), server.url),
    locations: ['FR', 'DE', 'US'],
    control,
    hasToken: token !== null,
    account: {
      read: () => spent,
      write: (all) => void spent.splice(0, spent.length, ...all),
    },
    now: () => 1_000_000,
  })
}
const claim = { what: String(to), name: 'os1', host: 'os1', fault: () => ({ code: 'x', why: 'y', fix: 'z' }) }
const isUs = ({ country }: FakeProbe) => country === 'US'

describe('Globalping', () => {
  it('gives one finding where regions differ, and spends a test for each probe and question', async () => {
    server = await fakeGlobalping(probes, (probe, target) =>
      isUs(probe) && target === String(to) ? lost : well,
    )
    const spent: Spent[] = []
    const vantage = vantageAt(spent)
    const said = await vantage.ask({ kind: 'ping', to })
    expect(together(claim, said)).toMatchObject({
      verdict: 'no',
      fault: { code: 'reachable-from-some', title: 'os1 is reachable from FR and DE, not from US' },
    })
    expect(spent.map(({ tests }) => tests)).toEqual([3, 3])
    expect(server.asked.map(({ body }) => body)).toEqual([
      {
        type: 'ping',
        target: '2620:fe::fe',
        locations: ['FR', 'DE', 'US'].map((country) => ({ country, limit: 1 })),
        measurementOptions: { packets: 3 },
      },
      { type: 'ping', target: String(to), locations: 'm1', measurementOptions: { packets: 3 } },
    ])
    expect(server.reads.smallestPause).toBeGreaterThanOrEqual(490)
  })

  it('asks by name where there is one, and for a port by TCP', async () => {
    server = await fakeGlobalping(probes, (_, __, port) => (port === 443 ? well : lost))
    const vantage = vantageAt()
    // The control is a ping; only the port answers, so nobody passes it and nobody is asked.
    const mute = await vantage.ask({ kind: 'tcp', to, port: 443, host: 'os1.example.org' })
    expect(mute.map(({ verdict }) => verdict)).toEqual(Array(3).fill('could-not-check'))
    expect(server.asked).toHaveLength(1)
    await server.close()
    server = await fakeGlobalping(probes, () => well)
    await vantageAt().ask({ kind: 'tcp', to, port: 443, host: 'os1.example.org' })
    expect(server.asked[1]?.body).toMatchObject({
      target: 'os1.example.org',
      measurementOptions: { packets: 3, protocol: 'TCP', port: 443, ipVersion: 6 },
    })
  })

  it('lets no probe testify that fails its control, is offline or failed', async () => {
    const deeds: Record<string, Deed> = {
      FR: { status: 'offline', words: 'This probe is currently offline.' },
      DE: { status: 'failed', words: 'ping: connect: Network is unreachable' },
    }
    server = await fakeGlobalping(probes, (probe, target) =>
      target === String(to) ? (deeds[probe.country] ?? well) : isUs(probe) ? lost : well,
    )
    const said = await vantageAt().ask({ kind: 'ping', to })
    expect(said.map(({ vantage, verdict }) => [vantage, verdict])).toEqual([
      ['Globalping FR AS3215', 'could-not-check'],
      ['Globalping DE AS3320', 'could-not-check'],
      ['Globalping US AS7922', 'could-not-check'],
    ])
    expect(together(claim, said)).toMatchObject({ verdict: 'could-not-check' })
    expect(together(claim, said).seen).toContain('This probe is currently offline.')
  })

  it.each([
    ['invalid', 'HTTP 400: Parameter validation failed.'],
    ['no-probes', 'HTTP 422: No suitable probes found.'],
    ['rate-limit', 'API rate limit exceeded. Free again in 30 min.'],
    ['server-error', 'HTTP 500'],
    ['broken-json', 'JSON'],
    ['strange', 'its answer is not what its API promises: results'],
    ['hang-up', 'fetch failed'],
  ] as const)('with %s is could-not-check, and says why', async (fault, words) => {
    server = await fakeGlobalping(probes, () => well)
    server.fault = fault
    const said = await vantageAt().ask({ kind: 'ping', to })
    expect(said).toMatchObject([{ vantage: 'Globalping', verdict: 'could-not-check' }])
    expect(said[0]?.seen).toContain(words)
  })

  it('stops before the free limit, of its own account and of the server', async () => {
    server = await fakeGlobalping(probes, () => well)
    const spent: Spent[] = [{ at: 500_000, tests: 248 }]
    const [said] = await vantageAt(spent).ask({ kind: 'ping', to })
    expect(said?.seen).toContain('248 of its 250 tests an hour are spent, and this would take 3 more')
    expect(server.asked).toEqual([])
    server.remaining = 2
    const [other] = await vantageAt().ask({ kind: 'ping', to })
    expect(other?.seen).toContain('it has 2 free tests left')
    expect(server.asked).toEqual([])
  })

  it('sends the token to the server, and says it to nobody', async () => {
    server = await fakeGlobalping(probes, () => well)
    const said = await vantageAt([], 'tok-en-1234').ask({ kind: 'ping', to })
    expect(server.asked[0]?.token).toBe('Bearer tok-en-1234')
    server.fault = 'rate-limit'
    const refused = await vantageAt([], 'tok-en-1234').ask({ kind: 'ping', to })
    expect(JSON.stringify([said, refused])).not.toContain('tok-en')
  })
})
