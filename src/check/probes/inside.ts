// Decides what is looked at from inside an instance: packets out, one router, the announced MTU.
// Leaves the way in to probes/guest. Asks only for what busybox has.
import { Address } from '../../core/prefix.ts'
import { guestPing } from '../ping.ts'
import { no, unclear, yes, type Seen } from '../../core/verdict.ts'
import { type Probe } from '../probe.ts'
import type { ProofInput, ProofInstance } from '../proof-input.ts'
import { guestShell, lastLine, loginId } from './guest.ts'

export function insideProbes(input: ProofInput, instance: ProofInstance, causes: readonly string[]): Probe[] {
  const guest = guestShell(input, instance)
  const { ping: pingTarget, tcp } = input.outsideTargets
  const probe = (kind: string, title: string, run: () => Promise<Seen>): Probe => ({
    id: `inside/${kind}/${instance.name}`,
    title,
    vantage: instance.name,
    needs: [loginId(instance)],
    causes,
    run,
  })
  return [
    probe('ping-out', `${instance.name} reaches the internet by ping`, async () => {
      const pinged = await guestPing(guest, pingTarget)
      const seen = `${pingTarget}: ${pinged.words}`
      return pinged.received > 0 ? yes(seen) : no(seen, noWayOut(instance))
    }),
    probe('tcp-out', `${instance.name} reaches the internet by TCP`, async () => {
      const ran = await guest.run(['sh', '-c', tcpScript, 'sh', String(tcp.address), String(tcp.port)])
      const seen = `[${tcp.address}]:${tcp.port}: ${lastLine(ran) || `exit ${ran.code}`}`
      if (ran.code === 0) return yes(seen)
      return ran.code === 3 ? unclear(seen) : no(seen, noWayOut(instance))
    }),
    probe('one-router', `${instance.name} has one default router`, async () => {
      const ran = await guest.run(['cat', '/proc/net/ipv6_route'])
      const routers = defaultRouters(ran.stdout)
      const seen = routers.length === 0 ? 'no default route' : routers.join(', ')
      if (ran.code !== 0) return unclear(lastLine(ran))
      return routers.length === 1 ? yes(seen) : no(seen, wrongRouters(instance, routers.length))
    }),
    probe('mtu', `${instance.name} was told the MTU ${instance.mtu}`, async () => {
      const ran = await guest.run(['sh', '-c', mtuScript])
      if (ran.code !== 0) return unclear(lastLine(ran))
      const [device = '', announced = '', link = ''] = ran.stdout.trim().split(' ')
      const seen = `${device}: IPv6 MTU ${announced}, link MTU ${link}`
      return Number(announced) === instance.mtu ? yes(seen) : no(seen, wrongMtu(instance))
    }),
  ]
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

/** Addresses of the gateways of ::/0 in /proc/net/ipv6_route (Linux, net/ipv6/route.c). */
export function defaultRouters(table: string): string[] {
  const reject = 0x200
  return table.split('\n').flatMap((line) => {
    const [to, length, , , via = '0', , , , flags = '0', device] = line.trim().split(/\s+/)
    if (to === undefined || !/^0{32}$/.test(to) || length !== '00' || device === 'lo') return []
    if ((Number.parseInt(flags, 16) & reject) !== 0) return []
    return [`${Address.fromBits(BigInt(`0x${via}`))} dev ${device}`]
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
