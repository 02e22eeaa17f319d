// Decides the world that light drills run in: servers with the host network, the agent and stand-ins of instances, side by side, without the cloud.
// Leaves the faults to the drills, and worlds with real OpenStack to test/voyage.
import { Prefix } from '../src/core/prefix.ts'
import { reference, Secret, type Vault } from '../src/core/secret.ts'
import type { Shell } from '../src/core/shell.ts'
import type { Delivery, Site } from '../src/core/site.ts'
import { hostNetwork } from '../src/delivery/host-network.ts'
import { type FaultPlaces, faultPlaces, must } from '../src/rehearsal/fault.ts'
import { internetService, internetShell } from '../src/rehearsal/places.ts'
import type { ServerInput } from '../src/rehearsal/world.ts'
import { carryOut, siteOf } from '../test/edge/host-steps.ts'
import { insideAddresses, insideScript } from '../test/edge/inside.ts'
import { compile, down, machine, shellOf, shortTiming, sweep, testWorld, up } from '../test/edge/world.ts'
import { agentBundle, installAgent, makeClockMovable } from './agent.ts'
import { instances, pingUnit, Traffic } from './traffic.ts'

const block = (n: number) => Prefix.of('2001:2::/48').nth(56, n) ?? Prefix.of('2001:2::/56')
const duidOf = (n: number) => `00:03:00:01:de:ad:be:ef:00:${(0x40 + n).toString(16)}`

type Plan = { server: ServerInput; delivery: Delivery }

const delegated = (name: string, n: number): Plan => ({
  server: { name, delivery: { kind: 'dhcpv6-pd', block: block(n), duid: new Secret(duidOf(n)) } },
  delivery: { kind: 'dhcpv6-pd', block: block(n), duid: reference(`duid/${name}`), client: 'networkd' },
})
const routed = (name: string, n: number, kernel = false): Plan => ({
  server: {
    name,
    delivery: { kind: 'routed', block: block(n), gateway: 'ra' },
    ...(kernel ? { uplinkManager: 'ifupdown' as const } : {}),
  },
  delivery: { kind: 'routed', block: block(n), gateway: 'ra', nextHop: null },
})

/** Three blocks by DHCPv6, one routed, and one routed to a server whose uplink ifupdown and the kernel manage. */
const plans: readonly Plan[] = [
  delegated('pd1', 16),
  delegated('pd2', 17),
  delegated('pd3', 18),
  routed('routed', 19),
  routed('kernel', 20, true),
]

export type Stand = { places: FaultPlaces; site: Site; shell: Shell; traffic: Traffic }

const servers = plans.map(({ server }) => server)
const world = testWorld('drills', servers, process.pid, shortTiming)
export const internet = internetShell(world)
/** Two addresses of the internet that answer ping. */
export const targets = internetService(world).pings

const vault: Vault = {
  get(name) {
    const at = plans.findIndex(({ server }) => name.startsWith(`duid/${server.name}`))
    if (at < 0) throw new RangeError(`no secret ${name}`)
    const duid = duidOf(at + 16)
    return new Secret(name.endsWith('/ll') ? duid.slice('00:03:'.length) : duid)
  },
}

let build = ''

/** Brings up those that are asked for, by name, with everything on them. */
export async function standUp(options: {
  names: ReadonlySet<string>
  /** Servers on which the agent's clock shall be movable. */
  movable: ReadonlySet<string>
}): Promise<Map<string, Stand>> {
  await sweep('drills', servers)
  build = await compile(world)
  await up(world, build, ['nftables'])
  const bundle = await agentBundle(build)
  const wanted = world.servers.filter(({ name }) => options.names.has(name))
  const stands = await Promise.all(
    wanted.map(async (server): Promise<[string, Stand]> => {
      const shell = shellOf(world, server.name)
      const plan = plans.find((one) => one.server.name === server.name)
      if (!plan) throw new RangeError(`no server ${server.name}`)
      const site = await siteOf(shell, plan.delivery)
      await carryOut(shell, hostNetwork(site), vault)
      await installInside(shell, site)
      await installAgent(shell, site, vault, bundle, targets)
      if (options.movable.has(server.name)) await makeClockMovable(shell)
      const traffic = new Traffic(server)
      traffic.watch(internet, insideAddresses(site))
      return [server.name, { places: faultPlaces(world, server, site, shell), site, shell, traffic }]
    }),
  )
  return new Map(stands)
}

export async function standDown(stands: Iterable<Stand>): Promise<void> {
  await Promise.all([...stands].map(({ traffic }) => traffic.stop()))
  await down(world)
  await machine.run(['rm', '-rf', build])
}

/** The stand-ins and their pings are there again after a reboot, as the engine's bridges and instances are. */
async function installInside(shell: Shell, site: Site): Promise<void> {
  const inside = `[Unit]
Description=Stand-ins of instances
After=systemd-networkd.service networking.service ssh.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -e /usr/local/lib/bateau-drill/inside
[Install]
WantedBy=multi-user.target
`
  const write = (path: string, text: string) => `cat > ${path} <<'end-of-file'\n${text}\nend-of-file`
  const units = '/etc/systemd/system'
  await must(
    shell,
    [
      'mkdir -p /usr/local/lib/bateau-drill /var/lib/bateau-drill',
      write('/usr/local/lib/bateau-drill/inside', insideScript(site)),
      write(`${units}/bateau-drill-inside.service`, inside),
      ...instances.map((one) =>
        write(`${units}/bateau-drill-ping-${one}.service`, pingUnit(one, targets[0])),
      ),
      'systemctl daemon-reload',
      `systemctl enable --now bateau-drill-inside ${instances.map((one) => `bateau-drill-ping-${one}`).join(' ')}`,
    ].join('\n'),
  )
}
