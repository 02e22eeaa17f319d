// Decides what proves a cloud: every probe, of every server and instance from its cable outwards, and what explains what.
// Leaves running them to probe, and what the answers mean together to judge.
import type { Site } from '../core/site.ts'
import { hostChain } from './host-chain.ts'
import { runProbes, type Probe } from './probe.ts'
import { aaaaProbe } from './probes/aaaa.ts'
import { jumpProbes } from './probes/campus.ts'
import { closedPortProbes } from './probes/closed-ports.ts'
import { insideProbe, loginProbe } from './probes/guest.ts'
import { hostReached } from './probes/host.ts'
import { insideProbes } from './probes/inside.ts'
import { listenersProbe } from './probes/listeners.ts'
import { pathMtuProbe } from './probes/mtu.ts'
import { fromPeerProbe, fromServerProbe, nearId } from './probes/neighbour.ts'
import {
  openPortProbe,
  pingHostId,
  pingHostProbe,
  pingInId,
  pingInProbe,
  tcpInProbe,
} from './probes/outside.ts'
import { type Scope, vantageProbes } from './probes/places.ts'
import { routerId, routerProbes } from './probes/router.ts'
import type { ProofInput, ProofInstance } from './proof-input.ts'
import type { CheckResult } from './result.ts'
import { shellVantage } from './vantage.ts'

/** A person who runs a check after a change bears waiting for duplicate address detection (RFC 4862 section 5.4). */
const settleMilliseconds = 3_000

/** Everything that is looked at, nothing done yet; `bateau check --list` shows it. */
export function proofProbes(input: ProofInput): Probe[] {
  const { outside, vantages = [] } = input
  const controls = targetsOf(input)
  const scope: Scope = { input, vantages: [shellVantage({ shell: outside, controls }), ...vantages] }
  const servers = input.sites.map((site) => serverProbes(scope, site))
  return [
    ...servers.flatMap(({ host }) => host),
    ...input.instances.flatMap((instance) => insideOf(scope, instance, servers)),
    ...vantageProbes(scope),
    ...servers.flatMap(({ outer }) => outer),
    ...input.instances.flatMap((instance) => outsideOf(scope, instance, servers)),
    ...input.instances.flatMap((instance) => insideOfForeign(scope, instance, servers)),
    ...(input.jump ? jumpProbes(input.jump, input.sites, input.instances, input) : []),
  ]
}

const targetsOf = ({ outsideTargets: { ping, pings } }: ProofInput) => pings ?? [ping]

/** Looks at all of it. Never throws for what it finds; results stand in a stable order, from the cable to the world outside. */
export function proof(input: ProofInput): Promise<CheckResult[]> {
  return runProbes(proofProbes(input), {
    now: input.now ?? (() => new Date()),
    ...(input.onResult ? { onResult: input.onResult } : {}),
    ...(input.signal ? { signal: input.signal } : {}),
  })
}

/** What no instance notices. */
const beside = /\/(clock|agent|flood-guard)$/

type Server = {
  site: Site
  /** On the server itself, and its tenants' routers. */
  host: Probe[]
  /** From outside. */
  outer: Probe[]
  /** What of the server explains troubles further on. */
  causes: string[]
}

function serverProbes(scope: Scope, site: Site): Server {
  const { input } = scope
  const shell = input.hostShell(site.name)
  const host = hostChain({
    site,
    shell,
    targets: targetsOf(input),
    units: input.services?.(site) ?? [],
    now: input.now ?? (() => new Date()),
    settle: settleMilliseconds,
  })
  const causes = host.map(({ id }) => id).filter((id) => id !== hostReached(site) && !beside.test(id))
  return {
    site,
    causes,
    host: [
      ...host,
      ...site.addressing.tenants.flatMap((tenant) => routerProbes(input, site, tenant, causes)),
      listenersProbe(site, shell, 'tcp'),
      listenersProbe(site, shell, 'udp'),
    ],
    outer: [
      pingHostProbe(scope, site, causes),
      ...aaaaProbe(scope, site),
      ...site.open.map(({ port }) => openPortProbe(scope, site, port, [...causes, pingHostId(site)])),
      ...closedPortProbes(scope, site, shell),
    ],
  }
}

/** What explains that an instance is cut off: its server, and the router between them. */
function before(instance: ProofInstance, servers: readonly Server[]) {
  const server = servers.find(({ site }) => site.name === instance.host)
  const tenant = server?.site.addressing.tenants.find(({ prefix }) =>
    prefix.containsAddress(instance.address),
  )
  const router = server && tenant ? [routerId(server.site, tenant)] : []
  return { server, causes: [...(server?.causes ?? []), ...router] }
}

function insideOf(scope: Scope, instance: ProofInstance, servers: readonly Server[]): Probe[] {
  const { server, causes } = before(instance, servers)
  if (!server) return []
  return [
    fromServerProbe(scope.input, server.site, instance, causes),
    insideProbe(scope, instance, [...causes, nearId(instance)]),
    ...insideProbes(scope, instance, causes),
    ...fromPeerProbe(scope, instance, causes),
  ]
}

/** No server of its cloud is looked at, so the way in is that from outside. */
function insideOfForeign(scope: Scope, instance: ProofInstance, servers: readonly Server[]): Probe[] {
  if (before(instance, servers).server) return []
  const causes = [pingInId(instance)]
  return [insideProbe(scope, instance, causes), ...insideProbes(scope, instance, causes)]
}

function outsideOf(scope: Scope, instance: ProofInstance, servers: readonly Server[]): Probe[] {
  const { server, causes } = before(instance, servers)
  const all = server ? [...causes, nearId(instance), pingHostId(server.site)] : []
  return [
    pingInProbe(scope, instance, all),
    tcpInProbe(scope, instance),
    loginProbe(scope, instance),
    pathMtuProbe(scope, instance),
  ]
}
