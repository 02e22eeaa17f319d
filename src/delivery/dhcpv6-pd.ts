// Decides how a block delegated by DHCPv6 (to one DUID only, as at Dedibox) is asked for and held.
// Leaves the lease itself to systemd-networkd, which renews it and asks again after a loss.
import type { Prefix } from '../core/prefix.ts'
import type { Site } from '../core/site.ts'
import { reference, references } from '../core/secret.ts'
import { section, type Setting } from '../render/systemd-unit.ts'
import { blackhole, waitFor, type UplinkPart } from './uplink.ts'

/** RFC 8415 section 7.6: solicits leave after 0, 1, 3, 7, 15 and 31 s; a server that knows the DUID has answered by then. */
const patienceSeconds = 45

export function dhcpv6Pd(site: Site, duid: string): UplinkPart {
  const uplink = site.facts.uplink.name
  const { block } = site.delivery
  const lease = leaseScript(uplink, block)
  const refused = `no delegation of ${block} to the DUID of ${site.name}`
  return {
    because: `the provider delegates ${block} by DHCPv6 to the DUID of ${site.name} only`,
    network: [
      ['DHCP', 'ipv6'],
      ['IPv6AcceptRA', true],
    ],
    sections: [
      section(
        'DHCPv6',
        ...duidSettings(duid),
        ['UseDelegatedPrefix', true],
        // The block is all that is asked for; the server's own address stays what it is.
        ['UseAddress', false],
        ['UseDNS', false],
        ['UseHostname', false],
        // Do not wait for an advertisement with the managed flag; Dedibox's carries none.
        ['WithoutRA', 'solicit'],
        // A restart of networkd would give the block back: minutes without it, and one more exchange towards the flood limit.
        ['SendRelease', false],
      ),
      section('IPv6AcceptRA', ['DHCPv6Client', 'always']),
      ...blackhole(block),
    ],
    arrive: waitFor(
      `the delegation of ${block}`,
      `${lease} | grep -q .`,
      patienceSeconds,
      `${refused}: compare the DUID in the provider's console, whole, and see that this block is meant for this server; then run the same command again`,
    ),
    verify: [{ argv: ['sh', '-c', `${lease} | grep -q .`] }],
  }
}

/**
 * systemd.network(5) [DHCPv6]: a DUID of the link-layer kind (RFC 8415 section 11.4) is given without its first two
 * bytes, 00:03; the vault holds those eight under `<name>/ll`. Eight and not seven: the hardware type is not always 1.
 */
function duidSettings(duid: string): Setting[] {
  const [name] = references(duid)
  if (name === undefined) throw new RangeError('a DUID stands in a plan as a reference only')
  return [
    ['DUIDType', 'link-layer'],
    ['DUIDRawData', reference(`${name}/ll`)],
  ]
}

/**
 * Prints the lease, or nothing. From networkd's own report (systemd 255 and later), where lifetimes are microseconds
 * since boot; before, from the unreachable route that it holds with the lease. The report also holds the DUID: never
 * printed whole.
 */
function leaseScript(uplink: string, block: Prefix): string {
  const { bits } = block.network
  const bytes = Array.from({ length: 16 }, (_, i) => Number((bits >> BigInt(120 - 8 * i)) & 0xffn))
  const pattern = `"Prefix":\\[${bytes.join(',')}\\],"PrefixLength":${block.length},[^}]*"ValidLifetimeUSec":\\([0-9]*\\)`
  return `{ networkctl status --json=short ${uplink} 2>/dev/null | sed -n 's/.*${pattern}.*/\\1/p' | awk '{ getline up < "/proc/uptime"; left = $1 / 1e6 - up; if (left > 0) printf "${block} delegated, valid for %d s more\\n", left }'
ip -6 route show type unreachable exact ${block} proto dhcp; }`
}
