// Decides which steps a plan leads to when no server has been looked at: those of a fresh Debian 13, as providers deliver it.
// Leaves the real facts to host/facts; `up` reads them before it does anything.
import type { HostFacts } from '../core/site.ts'
import type { HostStep } from '../core/step.ts'
import type { PlannedServer } from '../plan/draft.ts'
import type { Plan } from '../plan/plan.ts'
import { siteOf } from '../plan/site.ts'
import { hostSteps } from './ascend.ts'

/** Every step of each host in order. Throws Trouble for a server that an error finding is about. */
export function stepsOffline(plan: Plan): { host: string; steps: readonly HostStep[] }[] {
  return plan.servers.map((planned) => ({
    host: planned.name,
    steps: hostSteps(siteOf(plan, planned.name, planned.facts ?? assumed(planned))),
  }))
}

function assumed({ name, server, capacity }: PlannedServer): HostFacts {
  return {
    hostname: name,
    os: { id: 'debian', codename: 'trixie' },
    arch: 'x86_64',
    cores: capacity?.cores ?? 4,
    memoryMiB: capacity?.memory.totalMiB ?? 16 * 1024,
    uplink: { name: server.ipv6?.uplink ?? 'eno1', mac: server.mac ?? '00:00:00:00:00:00' },
    kvm: true,
    ovsKernel: true,
    systemd: 257,
    netplanId: null,
  }
}
