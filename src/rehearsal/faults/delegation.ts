// Decides how the provider's DHCPv6 server goes wrong for one server: silent, another block, a smaller one, absurd lifetimes.
// Leaves the other servers' blocks as they are. Kea itself answers, refuses and expires throughout.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Trouble } from '../../core/fault.ts'
import { Prefix } from '../../core/prefix.ts'
import { dropTable, type FaultPlaces, loadTable, must, type RehearsedFault, tableOf } from '../fault.ts'
import { logOf } from '../daemon.ts'
import { keaConfig } from '../kea.ts'
import { processesOf } from '../processes.ts'
import type { RehearsalWorld } from '../world.ts'

/** Nothing of the server's requests arrives, as if no server ran; Kea's own clock then ends the lease and takes the route away. */
export const delegationSilent: RehearsedFault = {
  says: "the provider's DHCPv6 server no longer answers, until the lease ends",
  async inject(places) {
    const { port } = places.server
    await must(
      places.edge,
      loadTable(
        'bridge',
        tableOf('dhcpv6', places),
        `  chain in { type filter hook input priority 0; iifname "${port}" udp dport 547 drop; }`,
      ),
    )
  },
  async clear(places) {
    await must(places.edge, dropTable('bridge', tableOf('dhcpv6', places)))
  },
}

type Subnet = {
  interface: string
  reservations: { prefixes: string[] }[]
} & Record<string, unknown>
type Config = { Dhcp6: { subnet6: Subnet[] } & Record<string, unknown> }

/** A block that no server of the world has: the last of the benchmarking prefix's /56s. */
const otherBlock = (length: number) => Prefix.of('2001:2:0:fe00::/56').nth(length, 0)

export const blockChanged: RehearsedFault = altered(
  "the provider's DHCPv6 server delegates another block of the same size",
  (subnet, { site }) => reserving(subnet, otherBlock(site.delivery.block.length)),
)

/** Bits by which the block becomes longer: a sixteenth of it is left. */
const shrunkBy = 4

export const blockShrunk: RehearsedFault = altered(
  "the provider's DHCPv6 server delegates only the first sixteenth of the block",
  (subnet, { site: { delivery } }) =>
    reserving(subnet, delivery.block.nth(delivery.block.length + shrunkBy, 0)),
)

/** Without end (RFC 8415 section 7.7: infinity). */
const never = 4_294_967_295

export const lifetimesEndless: RehearsedFault = altered(
  'the DHCPv6 server answers with lifetimes without end',
  (subnet) => ({ ...subnet, 'preferred-lifetime': never, 'valid-lifetime': never }),
)

/** T1 after T2: a client discards such a delegation (RFC 8415 section 21.21), and keeps the one it has until that ends. */
export const timersAbsurd: RehearsedFault = altered(
  'the DHCPv6 server answers with timers that contradict each other, which a client must not take',
  (subnet) => ({
    ...subnet,
    'preferred-lifetime': never,
    'valid-lifetime': never,
    'renew-timer': never,
    'rebind-timer': 1,
  }),
)

/** Seconds, as providers have it: hours, so that no renewal mends anything soon. */
const hours = {
  'preferred-lifetime': 7_200,
  'valid-lifetime': 10_800,
  'renew-timer': 3_600,
  'rebind-timer': 5_400,
}

/** No fault but a state that others need: the server has asked anew and holds its block for hours. */
export const leaseLong: RehearsedFault = {
  says: "the server's lease is valid for hours",
  async inject(places) {
    await configure(places, (subnet) => ({ ...subnet, ...hours }))
    await must(places.host, askAgain(places))
  },
  async clear(places) {
    await configure(places, (subnet) => subnet)
    await must(places.host, askAgain(places))
  },
}

/** networkd's way to a new exchange at once; another client asks when its time has come. */
const askAgain = ({ site }: FaultPlaces) =>
  `if systemctl -q is-active systemd-networkd; then networkctl reconfigure ${site.facts.uplink.name}; fi`

function reserving(subnet: Subnet, block: Prefix | undefined): Subnet {
  if (!block) throw new RangeError('a block has a first part')
  return {
    ...subnet,
    reservations: subnet.reservations.map((one) => ({ ...one, prefixes: [String(block)] })),
  }
}

function altered(says: string, change: (subnet: Subnet, places: FaultPlaces) => Subnet): RehearsedFault {
  return {
    says,
    inject: (places) => configure(places, (subnet) => change(subnet, places)),
    clear: (places) => configure(places, (subnet) => subnet),
  }
}

/** Kea would otherwise give a lease with its old times again while less than a quarter of them has passed (2.6 ARM, lease caching). */
const atOnce = { 'cache-threshold': 0.001 }

/** Faults of several servers share one file. */
let writing: Promise<unknown> = Promise.resolve()

/** Gives Kea this server's part of the configuration, made from what it is without faults; SIGHUP makes it read it. */
function configure(places: FaultPlaces, change: (sound: Subnet) => Subnet): Promise<void> {
  const turn = writing.then(() => rewrite(places, change))
  writing = turn.catch(() => {})
  return turn
}

async function rewrite({ world, server }: FaultPlaces, change: (sound: Subnet) => Subnet): Promise<void> {
  const path = join(world.directories.state, 'edge/etc/kea-dhcp6.json')
  const config = JSON.parse(await readFile(path, 'utf8')) as Config
  const sound = JSON.parse(keaConfig(world)?.reveal() ?? 'null') as Config | null
  const own = sound?.Dhcp6.subnet6.find((subnet) => subnet.interface === server.segment)
  if (!own) throw new RangeError(`no block is delegated to ${server.name}`)
  const subnet6 = config.Dhcp6.subnet6.map((subnet) =>
    subnet.interface === server.segment ? { ...change(own), ...atOnce } : subnet,
  )
  const text = `${JSON.stringify({ Dhcp6: { ...config.Dhcp6, subnet6 } }, null, 2)}\n`
  await writeFile(`${path}.new`, text, { mode: 0o600 })
  await rename(`${path}.new`, path)
  await readAgain(world)
}

/** Milliseconds for Kea to read its configuration. */
const patience = 10_000

/** Kea goes on with the old configuration when it cannot read the new one: a fault that was not made. */
async function readAgain(world: RehearsalWorld): Promise<void> {
  const log = logOf(world, 'kea')
  const before = (await readFile(log, 'utf8')).length
  const running = (await processesOf(world, 'kea')).filter(({ name }) => name.startsWith('kea-dhcp6'))
  for (const { pid } of running) process.kill(pid, 'SIGHUP')
  for (const deadline = Date.now() + patience; ; await pause(100)) {
    const said = (await readFile(log, 'utf8')).slice(before)
    if (said.includes('DHCP6_CONFIG_COMPLETE')) return
    const refused = /DHCP6_CONFIG_LOAD_FAIL.*/.exec(said)?.[0]
    if (refused === undefined && Date.now() < deadline) continue
    throw new Trouble({
      code: 'fault-not-injected',
      title: 'Kea did not take the configuration of a fault',
      why: refused ?? 'it said nothing',
      fix: 'compare with the Kea manual of its version',
    })
  }
}
