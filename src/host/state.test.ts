// Holds the reading of a server to what Debian 12 (iproute2 6.1, systemd 252, nft 1.0.6) and 13 (6.15, 257, 1.1.3) printed,
// recorded on rehearsed servers with host network and stand-ins of instances; and to honesty about answers that are not whole.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Trouble } from '../core/fault.ts'
import type { HostState } from '../core/host-state.ts'
import { parseHostState, readHostState, type StateQuestion } from './state.ts'
import { stateScript } from './state-script.ts'

const question: StateQuestion = {
  host: 'os1',
  uplink: 'eno1',
  units: ['bateau-firewall.service', 'systemd-networkd.service', 'nope.service'],
  kernel: ['net/ipv6/conf/all/forwarding', 'net/ipv6/conf/eno1/accept_ra', 'net/ipv6/conf/nope/x'],
}
const recorded = (release: 12 | 13) =>
  readFileSync(new URL(`recorded/state-debian-${release}.txt`, import.meta.url), 'utf8')
const plain = (state: HostState) => JSON.parse(JSON.stringify(state)) as Record<string, never>
/** Puts other lines in the place of those of one part. */
const withPart = (text: string, part: string, lines: string, code = 0) =>
  text.replace(
    new RegExp(`(==bateau part ${part}\n)[\\s\\S]*?\n==bateau left \\d+`),
    (_, head: string) => `${head}${lines}\n==bateau left ${code}`,
  )

describe.each([12, 13] as const)('Debian %i', (release) => {
  const block = release === 12 ? '2001:2:0:3000' : '2001:2:0:1000'
  const state = parseHostState(recorded(release), question)

  it('links, addresses, routes', () => {
    expect(state.manager).toBe('networkd')
    expect(state.links.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['lo', 'eno1', 'br-ex', 'br-transit', 'tapd', 'tapr']),
    )
    expect(state.links.find(({ name }) => name === 'tapd')?.master).toBe('br-ex')
    expect(state.links.find(({ name }) => name === 'eno1')).toMatchObject({
      up: true,
      carrier: true,
      mtu: 1500,
    })
    expect(plain(state)['addresses']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ link: 'eno1', address: `${block}::1`, length: 128, validSeconds: null }),
        expect.objectContaining({ link: 'br-ex', address: `${block.slice(0, -1)}1::1`, length: 64 }),
      ]),
    )
    expect(plain(state)['routes']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          to: `${block}::/56`,
          type: 'unreachable',
          protocol: 'static',
          metric: 4096,
        }),
        expect.objectContaining({ to: '::/0', via: 'fe80::1', dev: 'eno1', protocol: 'ra', type: 'unicast' }),
      ]),
    )
    expect(state.routes.find(({ to }) => to.length === 0)?.expiresSeconds).toBeGreaterThan(0)
    expect(state.neighbours.find(({ link }) => link === 'eno1')).toMatchObject({ router: true })
  })

  it('the lease: with its end where networkd tells it (255 and later)', () => {
    expect(plain(state)['leases']).toEqual([
      {
        client: 'networkd',
        link: 'eno1',
        prefix: `${block}::/56`,
        validSeconds: release === 12 ? null : expect.any(Number),
        preferredSeconds: release === 12 ? null : expect.any(Number),
      },
    ])
    const [lease] = state.leases
    if (release === 13) expect(lease?.validSeconds).toBe((lease?.preferredSeconds ?? 0) + 60)
  })

  it('kernel parameters, now and at the next boot', () => {
    expect(state.kernel).toEqual({ 'net/ipv6/conf/all/forwarding': '1', 'net/ipv6/conf/eno1/accept_ra': '0' })
    expect(state.persisted).toEqual({
      'net/ipv6/conf/all/forwarding': { value: '1', file: '/etc/sysctl.d/60-bateau.conf' },
      'networkd/IPv6AcceptRA': {
        value: 'yes',
        file: '/etc/systemd/network/10-netplan-eno1.network.d/50-bateau.conf',
      },
    })
  })

  it('units, filters, and what the filter remembers', () => {
    expect(state.units).toEqual({
      'bateau-firewall.service': { active: 'active', enabled: 'enabled' },
      'systemd-networkd.service': { active: 'active', enabled: 'enabled' },
      'nope.service': { active: 'absent', enabled: '' },
    })
    expect(state.firewall).toContain('tcp dport 22 accept')
    expect(state.foreignDrops).toEqual([])
    expect(plain(state)['heard']).toMatchObject({
      // Two of them: a stray router had been there.
      routers: [
        { router: 'fe80::1', secondsAgo: expect.any(Number) },
        { router: 'fe80::bad', secondsAgo: expect.any(Number) },
      ],
      withdrawn: [],
    })
    expect(state.unread).toEqual({})
  })

  it('no DUID in the answer', () => {
    expect(recorded(release).toLowerCase()).not.toMatch(/duid|de:?ad:?be:?ef|222,173,190,239/)
  })
})

describe('an answer that is not whole', () => {
  const text = recorded(13)
  const unreadable = (answer: string) => {
    try {
      return parseHostState(answer, question)
    } catch (error) {
      if (error instanceof Trouble && error.fault.code === 'state-unreadable') return 'unreadable'
      throw error
    }
  }

  it('is unreadable wherever it was cut, and never a state', () => {
    const end = text.lastIndexOf('==bateau left')
    fc.assert(
      fc.property(fc.nat(end), (at) => {
        expect(unreadable(text.slice(0, at))).toBe('unreadable')
      }),
    )
  })

  it('with bytes that changed is a state or unreadable, never an exception of another kind', () => {
    const change = fc.tuple(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 3 }))
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const changed = changes.reduce(
          (sum, [at, by]) => sum.slice(0, at) + by + sum.slice(at + by.length),
          text,
        )
        expect(['unreadable', 'object']).toContain(
          ((read) => (read === 'unreadable' ? read : typeof read))(unreadable(changed)),
        )
      }),
      { numRuns: 300 },
    )
  })

  it.each(['addresses', 'routes', 'neighbours', 'clock'])('%s that failed make it unreadable', (part) => {
    expect(unreadable(withPart(text, part, 'Cannot send dump request: Connection refused', 1))).toBe(
      'unreadable',
    )
    expect(unreadable(withPart(text, part, '[{"ifname":'))).toBe('unreadable')
  })

  it('without nft or systemd says so of these, and knows the rest', () => {
    const state = parseHostState(
      withPart(withPart(text, 'filter', 'nft is not installed', 1), 'units', 'Failed to connect to bus', 1),
      question,
    )
    expect(state).toMatchObject({ firewall: null, heard: null, foreignDrops: [] })
    expect(state.unread).toEqual({
      filter: 'the packet filters could not be read: nft is not installed',
      units: 'systemd did not tell of every unit',
    })
    expect(state.links.length).toBeGreaterThan(1)
  })

  it('is a Trouble also when the shell only ever says an error', async () => {
    const shell = { name: 'os1', run: async () => ({ code: 127, stdout: '', stderr: 'sh: not found' }) }
    await expect(readHostState(shell, question)).rejects.toMatchObject({
      fault: { code: 'state-unreadable', why: expect.stringContaining('sh: not found') },
    })
  })
})

describe('routes', () => {
  const of = (json: string) => parseHostState(withPart(recorded(13), 'routes', json), question).routes

  it('of several next hops are several, as 252 has two routers of one metric', () => {
    const json =
      '[{"dst":"default","protocol":"ra","metric":1024,"expires":24,"flags":[],"nexthops":[{"gateway":"fe80::1","dev":"eno1","weight":1,"flags":[]},{"gateway":"fe80::bad","dev":"eno1","weight":1,"flags":["dead","linkdown"]}]}]'
    expect(of(json).map(({ via, dead }) => `${via} ${dead}`)).toEqual(['fe80::1 false', 'fe80::bad true'])
  })

  it('of nothing at all are none: iproute2 prints not even brackets', () => {
    expect(of('')).toEqual([])
  })
})

describe('who configures the uplink', () => {
  const of = (lines: string, accepts: string) =>
    parseHostState(
      withPart(
        withPart(recorded(13), 'manager', lines),
        'kernel',
        `/proc/sys/net/ipv6/conf/eno1/accept_ra:${accepts}`,
      ),
      question,
    ).manager

  it.each([
    ['networkd=configured', '0', 'networkd'],
    ['networkd=configuring', '0', 'networkd'],
    ['networkd=unmanaged', '2', 'kernel'],
    ['networkd=unmanaged\nNetworkManager=true', '0', 'NetworkManager'],
    ['networkd=unmanaged\nNetworkManager=false', '1', 'kernel'],
    ['networkd=unmanaged\ndhcpcd=812', '0', 'dhcpcd'],
    ['networkd=unmanaged\ndhcpcd=812', '2', 'kernel'],
    ['', '1', 'kernel'],
  ])('%j with accept_ra %s: %s', (lines, accepts, manager) => {
    expect(of(lines, accepts)).toBe(manager)
  })
})

describe('a lease that our own dhcpcd or dhclient noted', () => {
  const of = (line: string) =>
    parseHostState(withPart(withPart(recorded(13), 'networkd', ''), 'notes', line), question).leases.filter(
      ({ client }) => client !== 'networkd',
    )
  const now = parseHostState(recorded(13), question).uptimeSeconds
  const at = Math.floor(now) - 50

  it('ends by the seconds since boot, whatever the wall clock says', () => {
    expect(of(`dhclient eno1 2001:2:0:1000::/56 120 180 ${at}`)).toMatchObject([
      { client: 'dhclient', validSeconds: expect.toSatisfy((left: number) => left === 129 || left === 130) },
    ])
    expect(of(`dhcpcd eno1 2001:2:0:1000::/56 4294967295 4294967295 ${at}`)).toMatchObject([
      { client: 'dhcpcd', validSeconds: null, preferredSeconds: null },
    ])
  })

  it('of another link, or half a line, is none', () => {
    for (const line of [
      `dhclient eno2 2001:2:0:1000::/56 1 2 ${at}`,
      'dhclient eno1 2001:2:0:1000::/56 1',
      'x',
    ])
      expect(of(line)).toEqual([])
  })
})

describe('the script', () => {
  it('asks networkd for nothing that holds the DUID, and prints no file that does', () => {
    expect(stateScript).not.toMatch(/cat .*(network\/|leases|duid)/i)
    expect(stateScript).toMatch(/networkctl status --json=short "\$uplink" 2>\/dev\/null \|\n\s*grep -o/)
  })
})
