// Decides what is looked at from outside: that the place to look from works, that instances answer, and packets of full size pass.
// Leaves what lies behind the log-in to probes/inside, and closed ports to probes/closed-ports.
import { setTimeout as pause } from 'node:timers/promises'
import type { Shell } from '../../core/shell.ts'
import { ping, type Pinged } from '../ping.ts'
import { no, unclear, yes, type Seen } from '../../core/verdict.ts'
import { type Probe } from '../probe.ts'
import type { ProofInput, ProofInstance } from '../proof-input.ts'
import { scan } from '../scan.ts'

/** Milliseconds between two looks at something that may still be starting. */
const betweenLooks = 1_000

export const outsideWorks = 'vantage/outside'

/** Without this one every `no` from outside would be a guess. */
export function outsideProbe({ outside, outsideTargets }: ProofInput): Probe {
  const { ping: target } = outsideTargets
  return {
    id: outsideWorks,
    title: `${outside.name} has IPv6`,
    vantage: outside.name,
    async run() {
      const pinged = await ping(outside, target, { count: 2 })
      return pinged.received > 0 ? yes(`${target}: ${pinged.words}`) : unclear(`${target}: ${pinged.words}`)
    },
  }
}

export const pingInId = (instance: Pick<ProofInstance, 'name'>) => `outside/ping-in/${instance.name}`
export const tcpInId = (instance: ProofInstance) => `outside/tcp-in/${instance.name}`

/** `causes`: ids of what on the host explains that an instance cannot be reached. */
export function pingInProbe(input: ProofInput, instance: ProofInstance, causes: readonly string[]): Probe {
  const { outside } = input
  return {
    id: pingInId(instance),
    title: `${instance.name} answers ping`,
    vantage: outside.name,
    needs: [outsideWorks],
    causes,
    async run() {
      const pinged = await pingUntil(outside, instance, input)
      if (!pinged.worked) return unclear(pinged.words)
      const seen = `${instance.address}: ${pinged.words}`
      if (pinged.received >= pinged.sent - 1 && pinged.received > 0) return yes(seen)
      return no(seen, pinged.received > 0 ? lossy(instance) : unreachable(instance))
    },
  }
}

/** An instance that was started a moment ago gets its time; one that answers is asked no further. */
async function pingUntil(outside: Shell, instance: ProofInstance, input: ProofInput): Promise<Pinged> {
  const now = input.now ?? (() => new Date())
  const deadline = now().getTime() + (input.patienceSeconds ?? 0) * 1_000
  for (;;) {
    const first = await ping(outside, instance.address, { count: 1 })
    if (first.received > 0 || !first.worked || input.signal?.aborted || now().getTime() >= deadline)
      return ping(outside, instance.address)
    await pause(betweenLooks)
  }
}

export function tcpInProbe(input: ProofInput, instance: ProofInstance, port = 22): Probe {
  const { outside } = input
  return {
    id: tcpInId(instance),
    title: `${instance.name} accepts TCP on port ${port}`,
    vantage: outside.name,
    needs: [outsideWorks],
    causes: [pingInId(instance)],
    run: () =>
      untilYes(input, () =>
        tryPort(outside, String(instance.address), port, {
          code: 'instance-port-closed',
          why: `the security group must let tcp/${port} in from ::/0, and the server in the instance must listen on IPv6`,
          fix: `see \`openstack security group rule list\` for the project of ${instance.name}, and its console`,
          host: instance.host,
        }),
      ),
  }
}

/** A server in a guest may start seconds after its network. */
async function untilYes(input: ProofInput, look: () => Promise<Seen>): Promise<Seen> {
  const now = input.now ?? (() => new Date())
  const deadline = now().getTime() + Math.min(input.patienceSeconds ?? 0, 30) * 1_000
  for (;;) {
    const seen = await look()
    if (seen.verdict !== 'no' || input.signal?.aborted || now().getTime() >= deadline) return seen
    await pause(betweenLooks)
  }
}

export async function tryPort(
  place: Shell,
  address: string,
  port: number,
  fault: { code: string; why: string; fix: string; host: string },
): Promise<Seen> {
  const { open, refused, silent, errors } = await scan(place, address, String(port))
  const where = `[${address}]:${port}`
  if (open.length > 0) return yes(`${where} accepts`)
  if (refused > 0) return no(`${where} refuses`, fault)
  if (silent > 0) return no(`${where} says nothing`, fault)
  return no(`${where}: ${Object.keys(errors).join(', ')}`, fault)
}

/**
 * A packet of exactly the announced MTU passes, both ways (an echo reply is as long as its request). Where the MTU is
 * a tunnel's, one of 1500 must bring back Packet Too Big with that number (RFC 8201), or downloads hang for everybody.
 */
export function pathMtuProbe(input: ProofInput, instance: ProofInstance): Probe {
  const { outside } = input
  const { address, mtu, host } = instance
  const ethernet = 1500
  return {
    id: `outside/mtu/${instance.name}`,
    title:
      mtu < ethernet
        ? `packets of ${mtu} bytes reach ${instance.name}, and longer ones are told so`
        : `packets of ${mtu} bytes reach ${instance.name} and come back`,
    vantage: outside.name,
    needs: [pingInId(instance)],
    async run() {
      const exact = await ping(outside, address, { count: 3, packet: mtu })
      if (exact.received === 0)
        return no(`${mtu} bytes: ${exact.words}`, {
          code: 'mtu-black-hole',
          why: 'short packets pass and long ones do not: log-ins work, downloads and git hang',
          fix: `compare the MTU of every link on the way: \`ip link\` on ${host}, and the MTU of the network in Neutron`,
          host,
        })
      if (mtu >= ethernet) return yes(`${mtu} bytes: ${exact.words}`)
      await forgetPathMtu(outside)
      const long = await ping(outside, address, { count: 2, packet: ethernet })
      const seen = `${mtu} bytes: ${exact.words}; ${ethernet} bytes: ${long.words}`
      if (long.tooBig === mtu) return yes(seen)
      return no(seen, {
        code: long.tooBig === null ? 'no-packet-too-big' : 'wrong-packet-too-big',
        why:
          long.tooBig === null
            ? `nobody tells the sender that only ${mtu} bytes pass: its TCP sends longer segments into nothing`
            : `the sender is told ${long.tooBig}, but ${mtu} is what passes`,
        fix: `on ${host}: the transit bridge must have IPv6 MTU ${mtu} (cat /proc/sys/net/ipv6/conf/br-transit/mtu)`,
        host,
      })
    },
  }
}

/**
 * The kernel remembers a Packet Too Big for ten minutes; forgotten, a router must say it again. Where that is not
 * allowed (a person's own machine, not root) what was said at most ten minutes ago has to do.
 */
async function forgetPathMtu(outside: Shell): Promise<void> {
  await outside.run(['ip', '-6', 'route', 'flush', 'cache'])
}

/** The ports that the plan opens on a server do answer. */
export function openPortProbe(
  input: ProofInput,
  site: ProofInput['sites'][number],
  port: number,
  causes: readonly string[],
): Probe {
  return {
    id: `outside/port/${site.name}/${port}`,
    title: `${site.name} answers on port ${port}`,
    vantage: input.outside.name,
    needs: [outsideWorks],
    causes,
    run: () =>
      tryPort(input.outside, String(site.addressing.service), port, {
        code: 'service-port-closed',
        why: `the plan opens it: ${site.open.find((open) => open.port === port)?.why ?? 'declared'}`,
        fix: `on ${site.name}: ss -ltnp 'sport = ${port}', then systemctl --failed`,
        host: site.name,
      }),
  }
}

const unreachable = (instance: ProofInstance) => ({
  code: 'instance-unreachable',
  why: 'a packet gets lost on its way in or the reply on its way out; when nothing on the server explains it, the instance is down or its security group drops ping',
  fix: `on ${instance.host}: tcpdump -ni any icmp6 and host ${instance.address}, while pinging from outside`,
  host: instance.host,
})

const lossy = (instance: ProofInstance) => ({
  code: 'instance-lossy',
  why: 'some packets pass and some do not: an overloaded server, or two paths of which one is broken (two default routes)',
  fix: `on ${instance.host}: ip -6 route show default; then uptime`,
  host: instance.host,
})
