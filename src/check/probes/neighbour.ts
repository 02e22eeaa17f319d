// Decides whether instances answer those next to them: their server, and another instance of the same cloud.
// Leaves whoever is further away to probes/outside.
import type { Site } from '../../core/site.ts'
import { no, unclear, yes } from '../../core/verdict.ts'
import { guestPing, hasNoRoute, ping } from '../ping.ts'
import type { Probe } from '../probe.ts'
import type { ProofInput, ProofInstance } from '../proof-input.ts'
import { guestShell, insideId } from './guest.ts'
import { hostReached } from './host.ts'
import { patiently } from './patience.ts'
import type { Scope } from './places.ts'

export const nearId = ({ name }: Pick<ProofInstance, 'name'>) => `neighbour/server/${name}`

/** From its own server, where nothing of the provider is in between. */
export function fromServerProbe(
  input: ProofInput,
  site: Site,
  instance: ProofInstance,
  causes: readonly string[],
): Probe {
  const shell = input.hostShell(site.name)
  return {
    id: nearId(instance),
    title: `${instance.name} answers its own server`,
    vantage: site.name,
    needs: [hostReached(site)],
    causes,
    run: () =>
      patiently(input, async () => {
        const pinged = await ping(shell, instance.address, { count: 3 })
        const seen = `${instance.address}: ${pinged.words}`
        if (!pinged.worked && !hasNoRoute(pinged)) return unclear(seen)
        if (pinged.received > 0) return yes(seen)
        return no(seen, {
          code: 'instance-silent',
          why: 'nothing of the provider is on this way: the instance is down, has no address, its security group drops ping, or OVN does not bring packets to it',
          fix: `what it says itself: openstack console log show ${instance.inCloud}; where packets end: bateau check --explain ${instance.name}`,
          host: site.name,
        })
      }),
  }
}

/** From another instance of the same cloud: through OVN, and through the server where their networks differ. */
export function fromPeerProbe(scope: Scope, instance: ProofInstance, causes: readonly string[]): Probe[] {
  const peer = scope.input.instances.find(
    ({ host, name }) => host === instance.host && name !== instance.name,
  )
  if (peer === undefined) return []
  const guest = guestShell(scope, peer)
  return [
    {
      id: `neighbour/instance/${instance.name}`,
      title: `${instance.name} answers ${peer.name}`,
      vantage: peer.name,
      needs: [insideId(peer)],
      causes: [...causes, nearId(instance), nearId(peer), `inside/one-router/${peer.name}`],
      run: () =>
        patiently(scope.input, async () => {
          const pinged = await guestPing(guest, instance.address)
          const seen = `${instance.address}: ${pinged.words}`
          if (!pinged.worked) return unclear(seen)
          if (pinged.received > 0) return yes(seen)
          return no(seen, {
            code: 'neighbour-unreachable',
            why: 'both answer others but not each other: a route between their networks is missing, or a security group lets only some in',
            fix: `on ${instance.host}: ip -6 route get ${instance.address}; bateau check --explain ${instance.name}`,
            host: instance.host,
          })
        }),
    },
  ]
}
