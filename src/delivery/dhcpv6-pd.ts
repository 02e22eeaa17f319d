// Decides how a block delegated by DHCPv6 (to one DUID only, as at Dedibox) is asked for and held.
// Leaves the lease itself to the client: systemd-networkd here, dhcpcd and dhclient in files of their own.
import type { Prefix } from '../core/prefix.ts'
import type { Delivery, Site } from '../core/site.ts'
import { reference, references } from '../core/secret.ts'
import { shell } from '../core/step.ts'
import type { NetworkSection } from '../render/networkd.ts'
import { section, type Setting } from '../render/systemd-unit.ts'
import { dhclient } from './dhclient.ts'
import { dhcpcd } from './dhcpcd.ts'
import { leaseNotes } from './lease-note.ts'
import { waitFor, type Program, type UplinkPart } from './uplink-part.ts'

/** RFC 8415 section 7.6: solicits leave after 0, 1, 3, 7, 15 and 31 s; a server that knows the DUID has answered by then. */
const patienceSeconds = 45

export function dhcpv6Pd(site: Site, delivery: Extract<Delivery, { kind: 'dhcpv6-pd' }>): UplinkPart {
  const uplink = site.facts.uplink.name
  const { block, client, duid } = delivery
  const [name] = references(duid)
  if (name === undefined) throw new RangeError('a DUID stands in a plan as a reference only')
  const lease = client === 'networkd' ? networkdLease(uplink, block) : notedLease(uplink, block)
  const refused = `no delegation of ${block} to the DUID of ${site.name}`
  return {
    because: `the provider delegates ${block} by DHCPv6 to the DUID of ${site.name} only`,
    gateway: 'ra',
    addresses: [],
    networkd:
      client === 'networkd'
        ? { network: [['DHCP', 'ipv6']], sections: networkdSections(name) }
        : { network: [], sections: [] },
    program: programOf(site, client, name),
    arrive: waitFor(
      `the delegation of ${block}`,
      `${lease} | grep -q .`,
      patienceSeconds,
      `${refused}: compare the DUID in the provider's console, whole, and see that this block is meant for this server; then run the same command again`,
    ),
    verify: [{ argv: ['sh', '-c', `${lease} | grep -q .`] }],
  }
}

function programOf(site: Site, client: 'networkd' | 'dhcpcd' | 'dhclient', duid: string): Program | null {
  if (client === 'networkd') return null
  const program = client === 'dhcpcd' ? dhcpcd(site, reference(duid)) : dhclient(site, reference(duid))
  return { ...program, prepare: [shell(noOther), ...program.prepare] }
}

/**
 * Two clients that show the same DUID take the block from each other, and what they ask counts together. Ours are known
 * by their configuration's name; another's is not ours to stop. dhcpcd of ifupdown asks for IPv4 and may run.
 */
const noOther = `for at in /proc/[0-9]*/cmdline; do
  words=$(tr '\\0' ' ' < "$at" 2>/dev/null) || continue
  case $words in
    *bateau*) ;;
    *dhclient*' -6 '*' -P '* | *dhclient*' -P '*' -6 '* | */dhcp6c\\ * | dhcp6c\\ * | *dibbler-client\\ * | *odhcp6c\\ *)
      pid=\${at#/proc/}
      echo "another DHCPv6 client asks for prefixes already: process \${pid%/cmdline} (\${words%% *}). Stop it and its unit for good (systemctl disable --now ...), then run the same command again" >&2
      exit 1 ;;
  esac
done`

/**
 * systemd.network(5) [DHCPv6]: a DUID of the link-layer kind (RFC 8415 section 11.4) is given without its first two
 * bytes, 00:03; the vault holds those eight under `<name>/ll`. Eight and not seven: the hardware type is not always 1.
 */
function networkdSections(duid: string): NetworkSection[] {
  const identity: Setting[] = [
    ['DUIDType', 'link-layer'],
    ['DUIDRawData', reference(`${duid}/ll`)],
  ]
  return [
    section(
      'DHCPv6',
      ...identity,
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
  ]
}

/**
 * Prints the lease, or nothing. From networkd's own report (systemd 255 and later), where lifetimes are microseconds
 * since boot; before, from the unreachable route that it holds with the lease. The report also holds the DUID: never
 * printed whole.
 */
function networkdLease(uplink: string, block: Prefix): string {
  const { bits } = block.network
  const bytes = Array.from({ length: 16 }, (_, i) => Number((bits >> BigInt(120 - 8 * i)) & 0xffn))
  const pattern = `"Prefix":\\[${bytes.join(',')}\\],"PrefixLength":${block.length},[^}]*"ValidLifetimeUSec":\\([0-9]*\\)`
  return `{ networkctl status --json=short ${uplink} 2>/dev/null | sed -n 's/.*${pattern}.*/\\1/p' | awk '{ getline up < "/proc/uptime"; left = $1 / 1e6 - up; if (left > 0) printf "${block} delegated, valid for %d s more\\n", left }'
ip -6 route show type unreachable exact ${block} proto dhcp; }`
}

/** The same from the note that the hook of dhcpcd or dhclient leaves (lease-note). */
function notedLease(uplink: string, block: Prefix): string {
  return `awk '{ getline up < "/proc/uptime"; left = $6 + $5 - up; if ($3 == "${block}" && left > 0) printf "${block} delegated, valid for %d s more\\n", left }' ${leaseNotes}/${uplink} 2>/dev/null`
}
