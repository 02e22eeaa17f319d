// Decides what every vantage outside is asked of servers and instances: ping, and the ports that the plan opens.
// Leaves long packets to probes/mtu, the log-in to probes/guest, closed ports to probes/closed-ports, and asking to panel.
import { Prefix } from '../../core/prefix.ts'
import type { Site } from '../../core/site.ts'
import { askAll, type Asking } from '../panel.ts'
import type { Probe } from '../probe.ts'
import type { ProofInstance } from '../proof-input.ts'
import { type Claim, together } from '../regions.ts'
import type { Question } from '../vantage.ts'
import { names, outsideWorks, type Scope } from './places.ts'

export const pingHostId = (site: Pick<Site, 'name'>) => `outside/ping-host/${site.name}`
export const pingInId = (instance: Pick<ProofInstance, 'name'>) => `outside/ping-in/${instance.name}`
export const tcpInId = (instance: Pick<ProofInstance, 'name'>) => `outside/tcp-in/${instance.name}`

/** A claim that every vantage is asked about. */
function asked(
  scope: Scope,
  probe: Pick<Probe, 'id' | 'title' | 'causes'>,
  claim: Claim,
  question: Question,
  asking: Pick<Asking, 'wide' | 'patienceSeconds'>,
): Probe {
  const { input, vantages } = scope
  const more = { ...(input.now ? { now: input.now } : {}), signal: input.signal }
  return {
    ...probe,
    vantage: names(vantages, claim.host),
    needs: [outsideWorks],
    run: async () =>
      together(claim, await askAll(vantages, question, { about: claim.host, ...asking, ...more })),
  }
}

/** The server's service address, in the block: what the provider must bring here. */
export function pingHostProbe(scope: Scope, site: Site, causes: readonly string[]): Probe {
  const { service } = site.addressing
  return asked(
    scope,
    { id: pingHostId(site), title: `${site.name} answers ping`, causes },
    {
      what: String(service),
      name: site.name,
      host: site.name,
      fault: (missed) => (missed.some(({ lossy }) => lossy) ? lossyHost(site) : silentHost(site)),
    },
    { kind: 'ping', to: service, host: scope.input.serviceName?.(site) ?? undefined },
    { wide: true },
  )
}

/** `causes`: ids of what on the host explains that an instance cannot be reached. An instance just started gets its time. */
export function pingInProbe(scope: Scope, instance: ProofInstance, causes: readonly string[]): Probe {
  return asked(
    scope,
    { id: pingInId(instance), title: `${instance.name} answers ping`, causes },
    {
      what: String(instance.address),
      name: instance.name,
      host: instance.host,
      fault: (missed) => (missed.some(({ lossy }) => lossy) ? lossy(instance) : unreachable(instance)),
    },
    { kind: 'ping', to: instance.address },
    { wide: isFirst(scope.input.instances, instance), patienceSeconds: scope.input.patienceSeconds ?? 0 },
  )
}

/** What costs is asked of one instance a network: the way to the others is the same. */
function isFirst(instances: readonly ProofInstance[], instance: ProofInstance): boolean {
  const network = Prefix.at(instance.address, 64)
  return (
    instances.find(({ host, address }) => host === instance.host && network.containsAddress(address)) ===
    instance
  )
}

/** A server in a guest may start seconds after its network. */
export function tcpInProbe(scope: Scope, instance: ProofInstance, port = 22): Probe {
  return asked(
    scope,
    {
      id: tcpInId(instance),
      title: `${instance.name} accepts TCP on port ${port}`,
      causes: [pingInId(instance)],
    },
    {
      what: `[${instance.address}]:${port}`,
      name: `port ${port} of ${instance.name}`,
      host: instance.host,
      fault: () => ({
        code: 'instance-port-closed',
        why: `the security group must let tcp/${port} in from ::/0, and the server in the instance must listen on IPv6`,
        fix: `see \`openstack security group rule list\` for the project of ${instance.name}, and its console`,
        host: instance.host,
      }),
    },
    { kind: 'tcp', to: instance.address, port },
    { patienceSeconds: Math.min(scope.input.patienceSeconds ?? 0, 30) },
  )
}

/** The ports that the plan opens on a server do answer. */
export function openPortProbe(scope: Scope, site: Site, port: number, causes: readonly string[]): Probe {
  return asked(
    scope,
    { id: `outside/port/${site.name}/${port}`, title: `${site.name} answers on port ${port}`, causes },
    {
      what: `[${site.addressing.service}]:${port}`,
      name: `port ${port} of ${site.name}`,
      host: site.name,
      fault: () => ({
        code: 'service-port-closed',
        why: `the plan opens it: ${site.open.find((open) => open.port === port)?.why ?? 'declared'}`,
        fix: `on ${site.name}: ss -ltnp 'sport = ${port}', then systemctl --failed`,
        host: site.name,
      }),
    },
    { kind: 'tcp', to: site.addressing.service, port },
    {},
  )
}

const silentHost = (site: Site) => ({
  code: 'not-reached-from-outside',
  why: 'a packet gets lost on its way to the server, or the reply on its way back. When nothing on the server explains it, the provider does not bring the block here',
  fix: `on ${site.name}: tcpdump -ni ${site.facts.uplink.name} icmp6 and host ${site.addressing.service}, while pinging from outside: nothing comes in: ask the provider; it comes in and nothing goes out: bateau heal ${site.name}`,
  host: site.name,
})

const lossyHost = (site: Site) => ({
  code: 'lossy-path',
  why: 'some packets pass and some do not: an overloaded or faulty line, or two ways of which one is broken',
  fix: `on ${site.name}: ip -6 route show default; ip -s link show ${site.facts.uplink.name}; then tell the provider, with the output of mtr -6 ${site.addressing.service}`,
  host: site.name,
})

const unreachable = (instance: ProofInstance) => ({
  code: 'instance-unreachable',
  why: 'a packet gets lost on its way in or the reply on its way out; when nothing on the server explains it, the instance is down or its security group drops ping',
  fix: `see where the packets end: bateau check --explain ${instance.name}`,
  host: instance.host,
})

const lossy = (instance: ProofInstance) => ({
  code: 'instance-lossy',
  why: 'some packets pass and some do not: an overloaded server, or two paths of which one is broken (two default routes)',
  fix: `on ${instance.host}: ip -6 route show default; then uptime`,
  host: instance.host,
})
