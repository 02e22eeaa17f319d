// Decides what proves a cloud: every probe, of every server and instance, and what explains what.
// Leaves running them to probe, and what the answers mean together to judge.
import type { Site } from '../core/site.ts'
import { runProbes, type Probe } from './probe.ts'
import { closedPortProbes } from './probes/closed-ports.ts'
import { loginProbe } from './probes/guest.ts'
import { expectationProbes, hostOutProbe, reachedProbe, servicesProbe } from './probes/host.ts'
import { insideProbes } from './probes/inside.ts'
import { listenersProbe } from './probes/listeners.ts'
import { openPortProbe, outsideProbe, pathMtuProbe, pingInProbe, tcpInProbe } from './probes/outside.ts'
import type { ProofInput } from './proof-input.ts'
import type { CheckResult } from './result.ts'

/** Everything that is looked at, nothing done yet; `bateau check --list` can show it. */
export function proofProbes(input: ProofInput): Probe[] {
  const hosts = input.sites.map((site) => hostProbes(input, site))
  const instances = input.instances.flatMap((instance) => {
    const causes = hosts.find((host) => host.site.name === instance.host)?.causes ?? []
    return [
      pingInProbe(input, instance, causes),
      tcpInProbe(input, instance),
      loginProbe(input, instance),
      ...insideProbes(input, instance, causes),
      pathMtuProbe(input, instance),
    ]
  })
  return [outsideProbe(input), ...hosts.flatMap((host) => host.probes), ...instances]
}

/** Looks at all of it. Never throws for what it finds; results stand in a stable order, servers before instances. */
export function proof(input: ProofInput): Promise<CheckResult[]> {
  return runProbes(proofProbes(input), {
    now: input.now ?? (() => new Date()),
    ...(input.onResult ? { onResult: input.onResult } : {}),
    ...(input.signal ? { signal: input.signal } : {}),
  })
}

function hostProbes(input: ProofInput, site: Site): { site: Site; probes: Probe[]; causes: string[] } {
  const shell = input.hostShell(site.name)
  const expected = expectationProbes(input, site, shell)
  const services = servicesProbe(site, shell, input.services?.(site) ?? [])
  const delivery = expected.map((probe) => probe.id)
  const out = hostOutProbe(input, site, shell, delivery)
  return {
    site,
    causes: [...delivery, out.id, services.id],
    probes: [
      reachedProbe(site, shell),
      ...expected,
      services,
      out,
      listenersProbe(site, shell, 'tcp'),
      listenersProbe(site, shell, 'udp'),
      ...site.open.map(({ port }) => openPortProbe(input, site, port, [...delivery, services.id])),
      ...closedPortProbes(input, site, shell),
    ],
  }
}
