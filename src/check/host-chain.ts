// Decides what is looked at on a server, from the cable up to the tenants, and what of it explains what.
// Leaves the reading to host-look, judging a state to delivery/expect, and packets to probes/.
import type { HostState } from '../core/host-state.ts'
import type { Address } from '../core/prefix.ts'
import type { Site } from '../core/site.ts'
import { expectations } from '../delivery/expect/expectations.ts'
import { troubles } from '../delivery/trouble/catalogue.ts'
import type { TroubleCode } from '../delivery/trouble/code.ts'
import { onceLooked, type HostLook, type LookInput } from './host-look.ts'
import type { Probe } from './probe.ts'
import { clockProbe } from './probes/clock.ts'
import { reachedProbe } from './probes/host.ts'
import { outFromBlockProbe, outProbe } from './probes/out.ts'
import { asked } from './probes/routers.ts'
import { serviceProbes } from './probes/services.ts'
import { type RouterAsking, RouterMemory } from './router-memory.ts'
import type { HostProbe } from './host-probe.ts'

export type HostChainInput = LookInput & {
  /** What answers ping beyond the provider; two say more than one. */
  targets: readonly Address[]
  /** A former reading of the same server: a wall clock that jumped since then is seen by it. */
  before?: HostState
  /** Handed in by who looks again and again: routers that do not answer are asked more and more rarely. */
  memory?: RouterAsking
}

/** Ids: `host/<site>/…`. The first is `host/<site>/reached`, which all others need. */
export function hostChain(input: HostChainInput): Probe[] {
  return chainOf(input, onceLooked(input))
}

/** The chain over a reading made elsewhere. */
export function chainOf(input: HostChainInput, look: () => Promise<HostLook>): Probe[] {
  const { site } = input
  const reached = reachedProbe(site, look)
  const { shell, targets, memory = new RouterMemory() } = input
  const asking = { site, shell, targets, memory }
  const judged = expectations(site).map((expectation): HostProbe => ({
    id: hostId(site, expectation.id),
    title: expectation.title,
    vantage: site.name,
    codes: expectation.codes,
    ...(expectation.dependsOn ? { dependsOn: expectation.dependsOn.map((id) => hostId(site, id)) } : {}),
    async run() {
      const { state } = await look()
      const judged = expectation.judge(state)
      return (await asked[expectation.id]?.(asking, state, judged)) ?? judged
    },
  }))
  const active = [
    ...serviceProbes(site, input.units, look),
    clockProbe(site, look, input.before),
    outProbe(input, look),
    outFromBlockProbe(input, look),
  ]
  return [reached, ...linked([...judged, ...active]).map((probe) => ({ ...probe, needs: [reached.id] }))]
}

/** Each probe leans on those whose troubles explain one of its own (the catalogue says which). */
function linked(probes: readonly HostProbe[]): Probe[] {
  return probes.map(({ codes, dependsOn, ...probe }) => {
    if (dependsOn) return { ...probe, causes: dependsOn }
    const under = new Set<TroubleCode>(codes.flatMap((code) => troubles[code].under))
    const causes = probes
      .filter((other) => other.id !== probe.id && other.codes.some((code) => under.has(code)))
      .map(({ id }) => id)
    return { ...probe, causes }
  })
}

export const hostId = (site: Site, id: string): string => `host/${site.name}/${id}`
