// Decides, from outside, that a server answers on the ports that the plan declares and on no other: all 65 535 tried.
// Leaves trying them to scan, and UDP (where silence proves nothing) to probes/listeners.
import type { Shell } from '../../core/shell.ts'
import type { Site } from '../../core/site.ts'
import { no, unclear, yes, type Seen } from '../../core/verdict.ts'
import { type Probe } from '../probe.ts'
import { everyPort, scan } from '../scan.ts'
import { hostReached } from './host.ts'
import { controlPlanePorts } from './listeners.ts'
import { outsideWorks, type Scope } from './places.ts'

/** sshd turns away for minutes who connects often without logging in (sshd_config(5), PerSourcePenalties): tried least. */
const ssh = 22

/** The service address on every port; the gateways that the server has inside on the control plane's; IPv4 on every port. */
export function closedPortProbes({ input, vantages }: Scope, site: Site, shell: Shell): Probe[] {
  const { outside } = input
  const [scanner] = vantages
  const { addressing, name } = site
  const inside = [addressing.public.host, ...(addressing.transit ? [addressing.transit.host] : [])]
  const probe = (kind: string, title: string, needs: readonly string[], run: () => Promise<Seen>): Probe => ({
    id: `outside/closed/${name}/${kind}`,
    title,
    vantage: outside.name,
    needs: [outsideWorks, ...needs],
    causes: ['firewall', 'public-segment', 'transit-segment'].map((id) => `host/${name}/network/${id}`),
    heavy: true,
    async run() {
      // Only where this Node is can so many ports be tried; other vantages do not stand in for it.
      const [able] = (await scanner?.control()) ?? []
      return able?.verdict === 'yes'
        ? run()
        : unclear(`${outside.name}: ${able?.seen ?? 'no place to scan from'}`)
    },
  })
  return [
    probe('ipv6', `only the declared ports of ${name} are open over IPv6`, [], () =>
      scanned(outside, site, String(addressing.service), everyPort),
    ),
    probe('inside', `the gateways of ${name}'s tenants show nothing of the control plane`, [], async () => {
      const ports = `22,${controlPlanePorts}`
      const all: Seen[] = []
      for (const address of inside) all.push(await scanned(outside, site, String(address), ports))
      return worst(all)
    }),
    probe('ipv4', `only the declared ports of ${name} are open over IPv4`, [hostReached(site)], async () => {
      const addresses = await ipv4(shell, site)
      if (addresses.length === 0) return yes(`${site.facts.uplink.name} has no IPv4 address`)
      const all: Seen[] = []
      for (const address of addresses) all.push(await scanned(outside, site, address, everyPort))
      return worst(all)
    }),
  ]
}

/** A scan that finds not even a declared port open, or misses it now and then, says nothing about the others. */
async function scanned(outside: Shell, site: Site, address: string, ports: string): Promise<Seen> {
  const declared = new Set(site.open.map((one) => one.port))
  const canary = (site.open.find((one) => one.port !== ssh) ?? site.open[0])?.port
  const once = () => scan(outside, address, ports, { canary })
  const first = await once()
  // A machine or line that was too busy may not be a minute later.
  const isClear = first.canary.missed === 0 && first.open.length > 0
  const { open, refused, silent, errors, canary: known } = isClear ? first : await once()
  const extra = open.filter((port) => !declared.has(port))
  const odd = Object.entries(errors).map(([code, count]) => `${count} ${code}`)
  const rest = [`${refused} refused`, `${silent} silent`, ...odd].join(', ')
  const seen = `${address}: open ${open.join(', ') || 'none'}; ${rest}`
  if (extra.length > 0)
    return no(seen, {
      code: 'port-open',
      title: `${site.name} answers on ${extra.join(', ')}`,
      why: 'the plan declares no such port: the firewall is not loaded, or another table accepts it first',
      fix: `on ${site.name}: systemctl reload-or-restart bateau-firewall; nft list table inet bateau`,
      host: site.name,
    })
  if (open.length === 0) return unclear(`${seen}; not even a declared port answered, so this proves nothing`)
  if (known.missed > 0)
    return unclear(
      `${seen}; port ${canary} was missed ${known.missed} of ${known.tried} times, so others may be`,
    )
  return odd.length > 0 ? unclear(seen) : yes(seen)
}

async function ipv4(shell: Shell, site: Site): Promise<string[]> {
  const ran = await shell.run([
    'ip',
    '-4',
    '-o',
    'addr',
    'show',
    'dev',
    site.facts.uplink.name,
    'scope',
    'global',
  ])
  return [...ran.stdout.matchAll(/inet ([\d.]+)\//g)].map((match) => match[1] ?? '')
}

function worst(all: readonly Seen[]): Seen {
  const seen = all.map((one) => one.seen).join('\n')
  const bad = all.find((one) => one.verdict === 'no') ?? all.find((one) => one.verdict !== 'yes')
  return bad ? { ...bad, seen } : yes(seen)
}
