// Decides whether packets of full size pass between an instance and the internet, both ways.
// Leaves short ones to probes/outside.
import type { Shell } from '../../core/shell.ts'
import { no, type Seen, unclear, yes } from '../../core/verdict.ts'
import { witness } from '../panel.ts'
import { ping } from '../ping.ts'
import type { Probe } from '../probe.ts'
import type { ProofInstance } from '../proof-input.ts'
import { pingInId } from './outside.ts'
import { names, type Scope } from './places.ts'

/**
 * A packet of exactly the announced MTU passes, both ways (an echo reply is as long as its request). Where the MTU is
 * a tunnel's, one of 1500 must bring back Packet Too Big with that number (RFC 8201), or downloads hang for everybody.
 */
export function pathMtuProbe({ vantages }: Scope, instance: ProofInstance): Probe {
  const { mtu, host, name } = instance
  return {
    id: `outside/mtu/${name}`,
    title:
      mtu < ethernet
        ? `packets of ${mtu} bytes reach ${name}, and longer ones are told so`
        : `packets of ${mtu} bytes reach ${name} and come back`,
    vantage: names(vantages, host),
    needs: [pingInId(instance)],
    async run() {
      const from = await witness(vantages, host)
      if (!from?.shell) return unclear('no vantage with a shell has IPv6')
      return lookAtMtu(from.shell, instance)
    },
  }
}

const ethernet = 1500

async function lookAtMtu(outside: Shell, { address, mtu, host }: ProofInstance): Promise<Seen> {
  const exact = await ping(outside, address, { count: 3, packet: mtu })
  if (!exact.worked && exact.tooBig === null) return unclear(`${outside.name}: ${exact.words}`)
  if (exact.received === 0) {
    // What was reached a moment ago may be cut off since: then length is not what it dies of.
    const short = await ping(outside, address, { count: 2 })
    if (short.received === 0) return unclear(`short packets are lost too by now: ${short.words}`)
    return no(`${mtu} bytes: ${exact.words}; short ones: ${short.words}`, {
      code: 'mtu-black-hole',
      why: 'short packets pass and long ones do not: log-ins work, downloads and git hang',
      fix: `compare the MTU of every link on the way: \`ip link\` on ${host}, and the MTU of the network in Neutron`,
      host,
    })
  }
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
}

/**
 * The kernel remembers a Packet Too Big for ten minutes; forgotten, a router must say it again. Where that is not
 * allowed (a person's own machine, not root) what was said at most ten minutes ago has to do.
 */
async function forgetPathMtu(outside: Shell): Promise<void> {
  await outside.run(['ip', '-6', 'route', 'flush', 'cache'])
}
