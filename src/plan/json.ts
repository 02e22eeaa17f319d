// Decides what a plan looks like to programs: `bateau plan --json`. Additions keep the version, anything else raises it.
// Leaves what people read to text.
import type { Money } from '../core/money.ts'
import type { Course } from '../course/course.ts'
import type { Demand } from './capacity.ts'
import type { Finding, PlannedCloud, PlannedServer } from './draft.ts'
import type { Placed } from './placement.ts'
import type { Plan } from './plan.ts'

const schemaVersion = 1

const twoPlaces = (value: number) => Math.round(value * 100) / 100
const gib = (mib: number) => twoPlaces(mib / 1024)

/** Plain data for JSON.stringify: prefixes, addresses and secrets are already texts, and no secret is among them. */
export function planJson(plan: Plan) {
  const { course, policy, demand, cost } = plan
  return {
    schema_version: schemaVersion,
    course: {
      name: course.name,
      title: course.title,
      start: course.start,
      end: course.end,
      file: course.source.file,
    },
    rehearsal: policy.rehearsal,
    demand: {
      largest_group: { group: demand.largest.group, ...demandJson(demand.largest) },
      all: demandJson(demand.all),
    },
    roster: rosterJson(course),
    servers: plan.servers.map((planned) => serverJson(planned, plan)),
    ...(plan.clouds.length > 0 && { clouds: plan.clouds.map((planned) => cloudJson(planned, plan)) }),
    moves: plan.moves,
    addressing: plan.servers.flatMap(addressingJson),
    cost: {
      currency: cost.currency,
      total: cost.total.amount,
      per_student: cost.perStudent.amount,
      lines: cost.lines.map(({ what, kind, amount, because }) => ({
        what,
        kind,
        amount: amountOf(amount),
        because,
      })),
    },
    findings: plan.findings.map(findingJson),
  }
}

/** Each student with the login and what it was made of. */
function rosterJson({ enrolment, groups }: Course) {
  const groupOf = new Map(groups.flatMap(({ name, students }) => students.map(({ login }) => [login, name])))
  return {
    notes: enrolment.notes,
    register: { file: enrolment.file, found: enrolment.digest !== null },
    students: enrolment.enrolled.map(({ login, from, entry }) => ({
      login,
      from,
      group: groupOf.get(login) ?? null,
      since: entry?.since ?? null,
    })),
    // At first everybody joins.
    changes: enrolment.before.length === 0 ? [] : enrolment.changes,
  }
}

const amountOf = (money: Money | null) => (money === null ? null : money.amount)

function demandJson(demand: Demand) {
  const { students, instances, vcpus, addresses } = demand
  return { students, instances, vcpus, ram_gib: gib(demand.ramMiB), disk_gib: demand.diskGiB, addresses }
}

function serverJson(planned: PlannedServer, plan: Plan) {
  const { server, capacity } = planned
  return {
    name: planned.name,
    provider: server.provider,
    offer: server.offer,
    cores: capacity?.cores ?? null,
    ram_gib: capacity ? gib(capacity.memory.totalMiB) : null,
    ram: capacity && {
      host_gib: gib(capacity.memory.hostMiB),
      control_plane_gib: gib(capacity.memory.controlPlaneMiB),
      left_gib: gib(capacity.memory.leftMiB),
      source: capacity.memory.source,
    },
    disk_gib: capacity ? Math.floor(capacity.disk.totalGiB) : null,
    instances_that_fit: capacity?.instances ?? null,
    students_that_fit: capacity?.seats ?? null,
    groups: placedJson(planned.placed, plan),
  }
}

/** Clouds that exist already. */
function cloudJson({ name, cloud, placed }: PlannedCloud, plan: Plan) {
  const { entry, seats, external, pool, direct, image, flavor } = cloud
  return { name, entry, seats, external, pool, direct, image, flavor, groups: placedJson(placed, plan) }
}

const placedJson = (all: readonly Placed[], plan: Plan) =>
  all.map((placed) => ({
    group: placed.group,
    students: placed.students.length,
    instances: placed.students.length * plan.course.instances.perStudent,
    logins: placed.students.map((student) => student.login),
    whole: placed.whole,
    because: placed.because,
  }))

function addressingJson(planned: PlannedServer) {
  const { addressing } = planned
  if (!addressing) return []
  return [
    {
      server: planned.name,
      block: `${addressing.block}`,
      delivery: planned.server.ipv6?.delivery ?? null,
      service: `${addressing.service}`,
      public: { prefix: `${addressing.public.prefix}`, host: `${addressing.public.host}` },
      transit: addressing.transit && {
        prefix: `${addressing.transit.prefix}`,
        host: `${addressing.transit.host}`,
      },
      pool: addressing.pool && `${addressing.pool}`,
      groups: addressing.tenants.map((tenant) => ({
        group: tenant.group,
        network: tenant.name,
        prefix: `${tenant.prefix}`,
        via: `${tenant.via}`,
      })),
      ...(addressing.own
        ? {
            own: addressing.own.map(({ name, group, prefix, via }) => ({
              name,
              group,
              prefix: `${prefix}`,
              via: `${via}`,
            })),
          }
        : {}),
      tenant_mtu: addressing.tenantMtu,
    },
  ]
}

function findingJson({ code, severity, title, why, fix, key, where }: Finding) {
  return {
    code,
    severity,
    title,
    why,
    fix,
    where: { key, file: where?.file ?? null, line: where?.line ?? null, column: where?.column ?? null },
  }
}
