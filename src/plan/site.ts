// Decides the value that delivery/ and engine/ are given for one server of a plan.
// Leaves reading the server's facts to host/facts, and the DUID itself to the vault.
import { Trouble } from '../core/fault.ts'
import { opendev } from '../core/release.ts'
import { reference } from '../core/secret.ts'
import { type Delivery, frontPort, type HostFacts, type Site, type SiteEngine } from '../core/site.ts'
import type { Course } from '../course/course.ts'
import { adviseClient } from './client.ts'
import type { PlannedServer } from './draft.ts'
import type { Plan } from './plan.ts'

/** Name under which the vault keeps the DUID of a server's block. */
export const duidSecret = (server: string) => `duid/${server}`

/** What a server builds from where the course does not say: null stands for the public place. */
export type Sources = { git: string | null; pip: string | null }

const publicSources: Sources = { git: null, pip: null }

/** Throws RangeError for a server that the plan has not, Trouble for one that the plan has an error finding about. */
export function siteOf(plan: Plan, server: string, facts: HostFacts, sources: Sources = publicSources): Site {
  const planned = plan.servers.find((one) => one.name === server)
  if (!planned) throw new RangeError(`no server ${server} with role cloud in the plan`)
  const { addressing } = planned
  if (!addressing) throw refused(plan, planned, 'its block cannot be laid out')
  const { engine, access, networks, instances, jump } = plan.course
  return {
    name: server,
    facts,
    delivery: deliveryOf(plan, planned, facts),
    addressing,
    open: [
      { port: access.port, why: 'SSH' },
      { port: frontPort, why: 'API and dashboard, behind TLS' },
      ...access.open.filter(({ port }) => port !== frontPort && port !== access.port),
      ...(jump?.server === server ? [{ port: jump.port, why: 'SSH of students, as the jump host' }] : []),
    ],
    resolvers: networks.resolvers,
    engine: engineOf(engine, sources),
    overcommit: instances.overcommit,
  }
}

function engineOf(engine: Course['engine'], sources: Sources): SiteEngine {
  const { release, cinder, imageUrls } = engine
  if (engine.kind === 'packages') return { kind: 'packages', release: '2025.1', cinder }
  return {
    kind: 'devstack',
    release,
    cinder,
    gitBase: engine.gitBase ?? sources.git ?? opendev,
    pipIndex: engine.pipIndex ?? sources.pip,
    imageUrls,
  }
}

function deliveryOf(plan: Plan, planned: PlannedServer, facts: HostFacts): Delivery {
  const ipv6 = planned.server.ipv6
  if (!ipv6?.block) throw refused(plan, planned, 'it has no block')
  switch (ipv6.delivery) {
    case 'routed':
      return { kind: 'routed', block: ipv6.block, gateway: ipv6.gateway, nextHop: ipv6.nextHop }
    case 'dhcpv6-pd':
      return {
        kind: 'dhcpv6-pd',
        block: ipv6.block,
        duid: reference(duidSecret(planned.name)),
        client: ipv6.client ?? adviseClient(facts),
      }
    case 'on-link':
      return {
        kind: 'on-link',
        block: ipv6.block,
        gateway: ipv6.gateway,
        proxy: ipv6.proxy ?? 'ndppd',
      }
    case 'slaac-only':
      throw refused(plan, planned, 'a single address cannot serve instances')
  }
}

function refused(plan: Plan, planned: PlannedServer, why: string): Trouble {
  return new Trouble({
    code: 'not-deployable',
    title: `${planned.name} cannot be deployed`,
    why,
    fix: `bateau plan ${plan.course.source.file}`,
    host: planned.name,
  })
}
