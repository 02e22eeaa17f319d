// Decides what a person reads of a plan: plain text, 100 columns, every choice with its reason.
// Leaves colours to the faces, and what programs read to json.
import { anyDistribution } from '../core/offer.ts'
import { distributionsOf } from '../core/release.ts'
import type { Addressing } from '../core/site.ts'
import type { Demand } from './capacity.ts'
import type { Finding, PlannedCloud, PlannedServer } from './draft.ts'
import type { Plan } from './plan.ts'
import { memoryText as gib, table, wrap } from './table.ts'

const columns = 100

export function planText(plan: Plan): string {
  const sections = [
    heading(plan),
    demand(plan),
    servers(plan),
    clouds(plan),
    addresses(plan),
    cost(plan),
    byHand(plan),
    findings(plan),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function heading({ course, policy }: Plan): string[] {
  const what = policy.rehearsal ? 'Rehearsal' : 'Plan'
  return wrap(`${what} of ${course.name}: ${course.title}, ${course.start} to ${course.end}`, columns)
}

function demand({ course, demand: { largest, all } }: Plan): string[] {
  const row = (name: string, d: Demand) => [
    name,
    `${d.students}`,
    `${d.instances}`,
    `${d.vcpus}`,
    gib(d.ramMiB),
    `${d.diskGiB} GiB`,
    `${d.addresses}`,
  ]
  const { instances, groups } = course
  const each = `each student ${plural(instances.perStudent, 'instance')} of ${instances.vcpus} vCPU, ${gib(instances.ramMiB)}, ${instances.diskGiB} GiB disk`
  return [
    `Demand: ${each}; ${course.atOnce === 'group' ? 'one group at a time' : 'everybody at the same time'}`,
    ...table(
      [
        ['', 'students', 'instances', 'vCPU', 'memory', 'disk', 'addresses'],
        ...(groups.length > 1 ? [row(`largest group (${largest.group})`, largest)] : []),
        row(groups.length > 1 ? `all ${groups.length} groups` : `group ${largest.group}`, all),
      ],
      [1, 2, 3, 4, 5, 6],
      '  ',
    ),
  ]
}

function servers(plan: Plan): string[] {
  const lines = ['Servers, and who is on them']
  if (plan.course.servers.length === 0) return []
  for (const planned of plan.servers) lines.push(...serverLines(planned))
  const others = plan.course.servers.filter((server) => server.role !== 'cloud')
  if (others.length > 0)
    lines.push(
      ...wrap(
        `without instances: ${others.map((server) => `${server.name} (${server.role})`).join(', ')}`,
        columns,
        '  ',
      ),
    )
  return lines
}

function clouds(plan: Plan): string[] {
  if (plan.clouds.length === 0) return []
  return ['Clouds that exist already, and who is on them', ...plan.clouds.flatMap(cloudLines)]
}

function cloudLines({ name, cloud, placed }: PlannedCloud): string[] {
  const { entry, file, seats, external, pool, direct, image, flavor } = cloud
  const entryOf = `entry ${entry} of ${file ?? 'clouds.yaml'}`
  const uses = [
    `gateways on ${external ?? 'its only external network'}`,
    `/64s from ${pool ?? 'its default subnet pool for IPv6'}`,
    ...(direct === null ? [] : [`instances on ${direct} directly`]),
    `image ${image ?? 'tiny, uploaded'}`,
    `flavor ${flavor ?? 'made'}`,
  ]
  return [
    `  ${name}  ${entryOf}: ${seats === null ? 'seats not known before it is opened' : plural(seats, 'seat')}`,
    ...wrap(uses.join(', '), columns, '    '),
    ...table(
      placed.map((part) => [part.group, plural(part.students.length, 'student'), `because: ${part.because}`]),
      [],
      '    ',
    ),
  ]
}

function serverLines({ name, server, capacity, placed }: PlannedServer): string[] {
  const offer = [server.provider, server.offer].filter((part) => part !== null).join(' ')
  if (!capacity) return [`  ${name}  ${offer}, of unknown size`]
  const { memory, disks } = capacity
  const disk = disks
    .map((one) => `${one.count > 1 ? `${one.count} x ` : ''}${Math.round(one.sizeGiB)} GiB ${one.kind}`)
    .join(', ')
  return [
    `  ${name}  ${offer}: ${capacity.cores} cores, ${gib(memory.totalMiB)}, ${disk}`,
    ...wrap(
      `memory: ${gib(memory.totalMiB)} - ${gib(memory.hostMiB)} host - ${gib(memory.controlPlaneMiB)} control plane = ${gib(memory.leftMiB)}, room for ${plural(capacity.instances, 'instance')} of ${gib(capacity.instanceMiB)}, that is ${plural(capacity.seats, 'student')}`,
      columns,
      '    ',
    ),
    ...wrap(`(control plane ${memory.source})`, columns, '    '),
    ...table(
      placed.map((part) => [part.group, plural(part.students.length, 'student'), `because: ${part.because}`]),
      [],
      '    ',
    ),
  ]
}

function addresses(plan: Plan): string[] {
  const laid = plan.servers.flatMap((planned) =>
    planned.addressing ? [{ planned, addressing: planned.addressing }] : [],
  )
  if (laid.length === 0) return []
  const lines = ['Addresses']
  for (const { planned, addressing } of laid) {
    const { transit, tenants } = addressing
    const shown = tenants.length > 12 ? [...tenants.slice(0, 10), undefined, ...tenants.slice(-1)] : tenants
    const how = {
      routed: 'routed to the server',
      'dhcpv6-pd': 'delegated by DHCPv6 to its DUID (•••)',
      'on-link': "on the provider's segment; the server answers for its instances",
      'slaac-only': 'one address',
    }
    lines.push(
      `  ${planned.name}`,
      ...table(
        [
          ['block', `${addressing.block}`, how[planned.server.ipv6?.delivery ?? 'routed']],
          ['service', `${addressing.service}`, 'API and dashboard'],
          [
            'direct',
            `${addressing.public.prefix}`,
            `instances on the public segment, gateway ${addressing.public.host}`,
          ],
          ...(transit
            ? [['transit', `${transit.prefix}`, `gateways of class routers, host ${transit.host}`]]
            : []),
          ...(addressing.pool
            ? [['pool', `${addressing.pool}`, `a /64 for each group, MTU ${addressing.tenantMtu}`]]
            : []),
          ...shown.map((tenant) =>
            tenant ? [tenant.name, `${tenant.prefix}`, `via ${tenant.via}`] : ['…', '', ''],
          ),
          ...ownRows(addressing),
        ],
        [],
        '    ',
      ),
    )
  }
  return lines
}

/** A range a group; with a router each, the first and the last. */
function ownRows({ own = [] }: Addressing): string[][] {
  return [...new Set(own.map(({ group }) => group))].map((group) => {
    const ranges = own.filter((one) => one.group === group)
    const [first, last] = [ranges[0], ranges.at(-1)]
    return first === undefined || first === last
      ? [`own-${group}`, `${first?.prefix}`, `a /64 a project, via ${first?.via}`]
      : [`own-${group}`, `${first.prefix}`, `and on to ${last?.prefix}, via ${first.via} and on`]
  })
}

function cost({ cost: { total, perStudent, lines, currency } }: Plan): string[] {
  if (lines.length === 0) return ['Cost: nothing']
  return [
    `Cost, ${currency}`,
    ...table(
      [
        ...lines.map((line) => [
          line.what,
          line.amount === null ? '?' : line.amount.amount.toFixed(2),
          line.because,
        ]),
        ['total', total.amount.toFixed(2), `${perStudent.amount.toFixed(2)} a student`],
      ],
      [1],
      '  ',
    ),
  ]
}

/** What bateau cannot do at a provider whose API it does not call. */
function byHand({ course, servers, inventory, policy }: Plan): string[] {
  const distributions = distributionsOf(course.engine).join(' or ')
  const providers = new Set(servers.map((planned) => planned.server.provider))
  const known = (inventory.ways ?? []).filter((way) => providers.has(way.provider as 'adopted'))
  if (policy.rehearsal || known.length === 0) return []
  const lines = known.flatMap((way) =>
    way.byHand.flatMap((step) =>
      wrap(`${way.provider}: ${step.replace(anyDistribution, distributions)}`, columns, '  '),
    ),
  )
  return ['Before `bateau up`, by hand', ...lines]
}

function findings(plan: Plan): string[] {
  if (plan.findings.length === 0) return ['Findings: none']
  const count = (severity: Finding['severity']) =>
    plan.findings.filter((finding) => finding.severity === severity).length
  const counts = (['error', 'warning', 'info'] as const).flatMap((severity) =>
    count(severity) > 0
      ? [severity === 'info' ? `${count(severity)} info` : plural(count(severity), severity)]
      : [],
  )
  return [
    `Findings: ${counts.join(', ')}`,
    ...plan.findings.flatMap((finding) => ['', ...findingLines(finding)]).slice(1),
  ]
}

function findingLines({ severity, code, title, why, fix, where }: Finding): string[] {
  const place = where ? `  (${where.file}:${where.line})` : ''
  return [
    ...wrap(`${severity.padEnd(8)}${code}${place}`, columns, '  '),
    ...wrap(title, columns, '          '),
    ...wrap(`why: ${why}`, columns, '          '),
    ...wrap(`fix: ${fix}`, columns, '          '),
  ]
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
