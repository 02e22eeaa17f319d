// Decides what is looked at from inside an instance: its address, its router, packets out, the announced MTU.
// Leaves the way in to probes/guest. Asks only for what busybox has.
import { Address, Prefix } from '../../core/prefix.ts'
import { no, type Seen, unclear, yes } from '../../core/verdict.ts'
import { guestPing } from '../ping.ts'
import type { Probe } from '../probe.ts'
import type { ProofInstance } from '../proof-input.ts'
import { guestShell, insideId, lastLine } from './guest.ts'
import type { Scope } from './places.ts'

/** `causes`: what on the host explains that nothing leaves; the router of its network comes first. */
export function insideProbes(scope: Scope, instance: ProofInstance, causes: readonly string[]): Probe[] {
  const guest = guestShell(scope, instance)
  const { ping: pingTarget, tcp } = scope.input.outsideTargets
  const probe = (
    kind: string,
    title: string,
    before: readonly string[],
    run: () => Promise<Seen>,
  ): Probe => ({
    id: `inside/${kind}/${instance.name}`,
    title,
    vantage: instance.name,
    needs: [insideId(instance)],
    causes: before,
    run,
  })
  const router = `inside/one-router/${instance.name}`
  return [
    probe('address', `${instance.name} has the address that Neutron wrote down`, [router], async () => {
      const ran = await guest.run(['cat', '/proc/net/if_inet6'])
      if (ran.code !== 0) return unclear(lastLine(ran))
      return judgeAddress(instance, globalAddresses(ran.stdout))
    }),
    probe('one-router', `${instance.name} has one default router`, causes, async () => {
      const ran = await guest.run(['cat', '/proc/net/ipv6_route'])
      if (ran.code !== 0) return unclear(lastLine(ran))
      const routers = defaultRouters(ran.stdout)
      const seen = routers.length === 0 ? 'no default route' : routers.join(', ')
      return routers.length === 1 ? yes(seen) : no(seen, wrongRouters(instance, routers.length))
    }),
    probe('ping-out', `${instance.name} reaches the internet by ping`, [...causes, router], async () => {
      const pinged = await guestPing(guest, pingTarget)
      const seen = `${pingTarget}: ${pinged.words}`
      if (!pinged.worked) return unclear(seen)
      return pinged.received > 0 ? yes(seen) : no(seen, noWayOut(instance))
    }),
    probe('tcp-out', `${instance.name} reaches the internet by TCP`, [...causes, router], async () => {
      const ran = await guest.run(['sh', '-c', tcpScript, 'sh', String(tcp.address), String(tcp.port)])
      const seen = `[${tcp.address}]:${tcp.port}: ${lastLine(ran) || `exit ${ran.code}`}`
      if (ran.code === 0) return yes(seen)
      return ran.code === 1 ? no(seen, noWayOut(instance)) : unclear(seen)
    }),
    probe('mtu', `${instance.name} was told the MTU ${instance.mtu}`, [router], async () => {
      const ran = await guest.run(['sh', '-c', mtuScript])
      if (ran.code !== 0) return unclear(lastLine(ran))
      const [device = '', announced = '', link = ''] = ran.stdout.trim().split(' ')
      const seen = `${device}: IPv6 MTU ${announced}, link MTU ${link}`
      return Number(announced) === instance.mtu ? yes(seen) : no(seen, wrongMtu(instance))
    }),
  ]
}

/** Global addresses of /proc/net/if_inet6 (Linux, net/ipv6/addrconf.c) that can be used: not tentative, no duplicate. */
export function globalAddresses(table: string): Address[] {
  const unusable = 0x08 | 0x40
  return table.split('\n').flatMap((line) => {
    const [bits = '', , , scope, flags = ''] = line.trim().split(/\s+/)
    if (!/^[0-9a-f]{32}$/.test(bits) || scope !== '00') return []
    return (Number.parseInt(flags, 16) & unusable) === 0 ? [Address.fromBits(BigInt(`0x${bits}`))] : []
  })
}

function judgeAddress(instance: ProofInstance, has: readonly Address[]): Seen {
  const { address, mac, host } = instance
  const made = mac === undefined ? null : Address.eui64(Prefix.at(address, 64), mac)
  const seen = has.length === 0 ? 'no global address' : has.join(', ')
  if (made !== null && !made.equals(address))
    return no(`${seen}; its port ${mac} would make ${made}`, {
      code: 'address-not-of-port',
      why: `Neutron lets pass only what it wrote down: ${address}. It is not what the instance makes of its MAC (RFC 4291 appendix A), so its packets are dropped`,
      fix: 'see that the subnet has ipv6_address_mode slaac, then make the instance anew',
      host,
    })
  if (has.some((one) => one.equals(address))) return yes(seen)
  return no(seen, {
    code: 'instance-address-lost',
    why: `it must have ${address}; without it port security drops what it sends. It makes it of the prefix that a router announces and of its MAC; privacy addresses (RFC 8981) and stable ones (RFC 7217) differ`,
    fix: 'in the instance: sysctl net.ipv6.conf.all.addr_gen_mode (0: EUI-64); ip -6 addr',
    host,
  })
}

/**
 * Exit 3: nothing in the guest can open a TCP connection. busybox nc gives up connecting after 8 s (-w) but then waits
 * for the other end to close: stopped after 12 s (124, or 143 by busybox's own timeout), it was connected.
 */
const tcpScript = `if command -v nc >/dev/null; then
  timeout 12 nc -w 8 "$1" "$2" </dev/null >/dev/null
  case $? in 0|124|143) echo accepts; exit 0 ;; esac
elif command -v bash >/dev/null; then
  timeout 8 bash -c 'exec 3<>"/dev/tcp/$1/$2"' bash "$1" "$2" && { echo accepts; exit 0; }
else echo 'neither nc nor bash in the instance'; exit 3
fi
echo 'no connection'; exit 1`

/** IPv6 MTU (from the router advertisement) and link MTU of the device with the default route. */
const mtuScript = `dev=$(awk '$1 ~ /^0+$/ && $2 == "00" && $10 != "lo" { print $10; exit }' /proc/net/ipv6_route)
[ -n "$dev" ] || { echo 'no default route'; exit 1; }
echo "$dev $(cat "/proc/sys/net/ipv6/conf/$dev/mtu") $(cat "/sys/class/net/$dev/mtu")"`

/** Addresses of the gateways of ::/0 in /proc/net/ipv6_route (Linux, net/ipv6/route.c), and whether they announced themselves. */
export function defaultRouters(table: string): string[] {
  const reject = 0x200
  const announced = 0x40000
  return table.split('\n').flatMap((line) => {
    const [to, length, , , via = '0', , , , flags = '0', device] = line.trim().split(/\s+/)
    if (to === undefined || !/^0{32}$/.test(to) || length !== '00' || device === 'lo') return []
    const set = Number.parseInt(flags, 16)
    if ((set & reject) !== 0) return []
    const how = (set & announced) !== 0 ? 'by its announcement' : 'set by hand'
    return [`${Address.fromBits(BigInt(`0x${via}`))} dev ${device} ${how}`]
  })
}

const noWayOut = (instance: ProofInstance) => ({
  code: 'instance-no-way-out',
  why: 'replies to others pass, its own packets do not: the default route of the instance, the filter of the provider on source addresses, or a second router',
  fix: `in the instance: ip -6 route; on ${instance.host}: tcpdump -ni any host ${instance.address}`,
  host: instance.host,
})

const wrongRouters = (instance: ProofInstance, count: number) => ({
  code: count === 0 ? 'no-default-router' : 'false-default-router',
  why:
    count === 0
      ? 'nobody announces a router on its network'
      : 'a Neutron router with its gateway on the same network answers solicitations and offers itself; packets then leave by chance',
  fix:
    count === 0
      ? `on ${instance.host}: networkctl status br-ex (IPv6SendRA), or the router of its tenant network`
      : 'move the gateway of tenant routers to the transit network: openstack router set --external-gateway transit',
  host: instance.host,
})

const wrongMtu = (instance: ProofInstance) => ({
  code: 'wrong-mtu-announced',
  why: 'its TCP offers segments that do not fit on the way, or wastes room',
  fix: `compare the MTU of the network in Neutron with ${instance.mtu}`,
  host: instance.host,
})
