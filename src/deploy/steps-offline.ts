// Decides which steps a plan leads to before anybody has looked at the servers: on a fresh Debian 13 as providers install it.
// Leaves the real facts to host/facts, which `up` reads first.
import { Address } from '../core/prefix.ts'
import type { HostFacts, Site } from '../core/site.ts'
import type { HostStep } from '../core/step.ts'
import type { Plan } from '../plan/plan.ts'
import { siteOf } from '../plan/site.ts'
import { courseAgent, bundleToShow } from './agent.ts'
import { hostSteps } from './ascend.ts'
import { jumpStepsOffline } from './jump/steps-offline.ts'

/** Every step of every server that can be deployed, in order, the jump host's last. Throws Trouble for a plan that cannot be carried out. */
export function stepsOffline(plan: Plan): { host: string; steps: HostStep[] }[] {
  // Where the agents will ping is the course's, or the rehearsal's when it is made; nothing is asked here.
  const agent = courseAgent({ pings: [plan.course.networks.resolvers[0] ?? Address.of('::1')] }, bundleToShow)
  const clouds = sitesOffline(plan).map((site) => ({ host: site.name, steps: hostSteps(site, agent) }))
  const jump = jumpStepsOffline(plan)
  if (jump === null) return clouds
  if (!clouds.some(({ host }) => host === jump.host)) return [...clouds, jump]
  return clouds.map(({ host, steps }) => ({
    host,
    steps: host === jump.host ? [...steps, ...jump.steps] : steps,
  }))
}

/** The sites of a plan with facts that are assumed where none are known. Throws Trouble. */
export function sitesOffline(plan: Plan): Site[] {
  return plan.servers.map(({ name, facts, server }) =>
    siteOf(
      plan,
      name,
      facts ?? assumed(name, server.cores, server.ramMiB, server.ipv6?.uplink, plan.policy.rehearsal),
    ),
  )
}

function assumed(
  hostname: string,
  cores: number | null,
  memoryMiB: number | null,
  uplink: string | null | undefined,
  rehearsal: boolean,
): HostFacts {
  return {
    hostname,
    os: { id: 'debian', codename: 'trixie' },
    arch: 'x86_64',
    cores: cores ?? 4,
    memoryMiB: memoryMiB ?? 16 * 1024,
    uplink: { name: uplink ?? 'eno1', mac: '02:00:00:00:00:01' },
    kvm: !rehearsal,
    ovsKernel: !rehearsal,
    systemd: 257,
    netplanId: uplink ?? 'eno1',
  }
}
