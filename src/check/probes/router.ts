// Decides whether the router of a tenant network is there: in the cloud's own words, by ping from its server, and announcing.
// Leaves the server's route to it to the host's own checks.
import type { Shell } from '../../core/shell.ts'
import type { Site, TenantNetwork } from '../../core/site.ts'
import { no, type Seen, unclear, yes } from '../../core/verdict.ts'
import { hasNoRoute, ping } from '../ping.ts'
import type { Probe } from '../probe.ts'
import type { ProofInput } from '../proof-input.ts'
import { hostReached } from './host.ts'

export const routerId = (site: Pick<Site, 'name'>, { name }: Pick<TenantNetwork, 'name'>) =>
  `router/${site.name}/${name}/gateway`

/** `causes`: ids of what on the host explains that the router is not reached from it. */
export function routerProbes(
  input: ProofInput,
  site: Site,
  tenant: TenantNetwork,
  causes: readonly string[],
): Probe[] {
  const shell = input.hostShell(site.name)
  const id = `router/${site.name}/${tenant.name}`
  const { routerOf } = input
  const common = { vantage: site.name }
  const gateway: Probe = {
    ...common,
    id: routerId(site, tenant),
    title: `the router of ${tenant.name} answers its server`,
    needs: [hostReached(site)],
    causes: [...causes, ...(routerOf ? [`${id}/cloud`] : [])],
    async run() {
      const pinged = await ping(shell, tenant.via, { count: 2 })
      const seen = `${tenant.via}: ${pinged.words}`
      if (!pinged.worked && !hasNoRoute(pinged)) return unclear(seen)
      return pinged.received > 0 ? yes(seen) : no(seen, down(site, tenant))
    },
  }
  if (routerOf === undefined) return [gateway]
  return [
    {
      ...common,
      id: `${id}/cloud`,
      title: `Neutron has the router of ${tenant.name} up at ${tenant.via}`,
      run: () => routerOf(site, tenant),
    },
    gateway,
    {
      ...common,
      id: `${id}/announces`,
      title: `OVN announces ${tenant.prefix} on ${tenant.name}`,
      needs: [hostReached(site)],
      causes: [`${id}/cloud`],
      run: () => announced(shell, site, tenant),
    },
  ]
}

/** Reads OVN's northbound database: what its routers are told to announce (ovn-nb(5), Logical_Router_Port, ipv6_ra_configs). */
async function announced(shell: Shell, site: Site, { name, prefix }: TenantNetwork): Promise<Seen> {
  const query = ['--bare', '--columns=networks,ipv6_ra_configs', 'find', 'Logical_Router_Port'] as const
  const ran = await shell.run(['ovn-nbctl', '--timeout=10', '--no-leader-only', ...query], {
    timeout: 20_000,
  })
  if (ran.code !== 0)
    return unclear(ran.stderr.trim().split('\n').at(-1) || `ovn-nbctl ended with ${ran.code}`)
  const port = portOf(ran.stdout, prefix.host(1).toString())
  if (port === undefined) return no(`no router port in ${prefix}`, silent(site, name))
  const seen = port.announces || 'announces nothing'
  return /address_mode=(slaac|dhcpv6_state)/.test(seen) && !/send_periodic=false/.test(seen)
    ? yes(seen)
    : no(seen, silent(site, name))
}

/** Blocks of two lines, as --bare prints them: networks, then the configuration. */
export function portOf(text: string, address: string): { announces: string } | undefined {
  const lines = text.split('\n')
  const at = lines.findIndex((line) =>
    line.split(' ').some((network) => network.replace(/\/\d+$/, '') === address),
  )
  return at < 0 ? undefined : { announces: lines[at + 1]?.trim() ?? '' }
}

const down = (site: Site, tenant: TenantNetwork) => ({
  code: 'router-down',
  why: `the gateway of ${tenant.name} on the transit network is silent: its router is down or gone, or OVN on the server does not forward`,
  fix: `on ${site.name}: systemctl status ovn-controller; ovn-nbctl show; in the cloud: openstack router show router-${tenant.group}`,
  host: site.name,
})

const silent = (site: Site, network: string) => ({
  code: 'ra-not-configured',
  why: `instances on ${network} get address and default route from this announcement and from nothing else`,
  fix: `see that the subnet of ${network} has ipv6_ra_mode slaac and is plugged into its router; on ${site.name}: neutron-ovn-db-sync-util --ovn-neutron_sync_mode log`,
  host: site.name,
})
