// Decides what is looked at as each student: the log-in, the rights, the quotas, and what they find in the cloud.
// Leaves the walls between students to wall, and the sample instance to sample.
import { z } from 'zod'
import { no, type Seen, unclear, yes } from '../../core/verdict.ts'
import { computeHeaders } from '../../cloud/compute.ts'
import type { Assignment } from '../../cloud/identity.ts'
import type { Cloud } from '../../cloud/open.ts'
import type { ServiceCall } from '../../cloud/session.ts'
import type { PlannedQuota, There } from './served.ts'

/** Keystone gives reader with member. */
const due: ReadonlySet<string> = new Set(['member', 'reader'])

/** `assignments`: of everybody, as the administrator sees them. */
export async function rightsSeen(
  cloud: Cloud,
  login: string,
  project: string,
  memberRoleId: string,
  assignments: readonly Assignment[],
): Promise<Seen> {
  const own = assignments.filter(({ user }) => user?.id === cloud.userId)
  const more = own.filter(
    ({ role, scope }) => role.id !== memberRoleId || scope.project?.id !== cloud.projectId,
  )
  const fault = {
    code: 'student-rights',
    why: `${login} should have the role member in ${project} and no other right: with more, the walls between students are open`,
    fix: `see them: openstack role assignment list --names --user ${login}; take one away: openstack role remove …; then bateau up`,
  }
  if (more.length > 0)
    return no(`${login} has ${more.length} other role(s) besides member of ${project}`, fault)
  const effective = cloud.roles.filter((role) => !due.has(role))
  if (effective.length > 0) return no(`the token of ${login} has the role ${effective.join(', ')}`, fault)
  const { status, said, json } = await cloud.attempt(get('identity', '/auth/projects'))
  const projects = namesIn(json, 'projects')
  if (status >= 300 || projects === null) return unclear(said)
  const others = projects.filter(({ id }) => id !== cloud.projectId)
  return others.length === 0
    ? yes(`member of ${project}, and of nothing else`)
    : no(`${login} may also enter ${listed(others)}`, fault)
}

/** Of all that is compared, what a teacher asks for first. */
const told = ['instances', 'cores', 'ram']

/** Quotas as the student reads them, against the plan. */
export async function quotaSeen(cloud: Cloud, planned: PlannedQuota): Promise<Seen> {
  const [compute, network] = await Promise.all([
    cloud.attempt(get('compute', `/os-quota-sets/${cloud.projectId}`)),
    cloud.attempt(get('network', `/quotas/${cloud.projectId}`)),
  ])
  const [ofCompute, ofNetwork] = [numbers(compute.json, 'quota_set'), numbers(network.json, 'quota')]
  if (ofCompute === null) return unclear(compute.said)
  if (ofNetwork === null) return unclear(network.said)
  const seen = { ...ofNetwork, ...ofCompute }
  const wanted: Record<string, number | undefined> = { ...planned.network, ...planned.compute }
  // What the cloud does not tell (an extension that it lacks) is not missed.
  const differing = Object.entries(wanted).filter(
    ([name, number]) => number !== undefined && seen[name] !== undefined && seen[name] !== number,
  )
  const words = differing.map(([name, number]) => `${name} ${seen[name] ?? '?'} (planned ${number ?? '?'})`)
  if (differing.length > 0)
    return no(words.join(', '), {
      code: 'student-quota',
      why: 'the quota is not the one that the course file leads to: it was changed by hand, or the course file since',
      fix: 'set it as planned: bateau up',
    })
  return yes(told.map((name) => `${name} ${wanted[name] ?? '?'}`).join(', '))
}

type Should = {
  image: There | undefined
  flavors: readonly There[]
  networks: readonly There[]
  others: readonly There[]
}

/** What the student finds, and does not: another group's network. */
export async function findsSeen(cloud: Cloud, should: Should): Promise<Seen> {
  const [images, flavors, networks] = await Promise.all([
    cloud.attempt(get('image', '/images', { limit: '200' })),
    cloud.attempt(get('compute', '/flavors/detail')),
    cloud.attempt(get('network', '/networks')),
  ])
  const [seenImages, seenFlavors, seenNetworks] = [
    namesIn(images.json, 'images'),
    namesIn(flavors.json, 'flavors'),
    namesIn(networks.json, 'networks'),
  ]
  if (seenImages === null || seenFlavors === null || seenNetworks === null)
    return unclear([images, flavors, networks].find(({ status }) => status >= 300)?.said ?? images.said)
  const wanted: readonly [string, readonly There[], readonly There[]][] = [
    ['image', should.image ? [should.image] : [], seenImages],
    ['flavor', should.flavors, seenFlavors],
    ['network', should.networks, seenNetworks],
  ]
  const missing = wanted.flatMap(([kind, all, seen]) =>
    all.filter(({ id }) => !seen.some((one) => one.id === id)).map(({ name }) => `${kind} ${name}`),
  )
  if (missing.length > 0)
    return no(`does not see ${missing.join(', ')}`, {
      code: 'student-lacks',
      why: 'the course promises it: it was not made, or is not shared with this project',
      fix: 'make what is missing: bateau up',
    })
  const foreign = seenNetworks.filter(({ id }) => should.others.some((one) => one.id === id))
  if (foreign.length > 0)
    return no(`sees ${listed(foreign)} of another group`, {
      code: 'student-sees-more',
      why: 'a class network is shared with the projects of its own group only',
      fix: `see with whom it is shared: openstack network rbac list --long; and: openstack network show ${foreign[0]?.name ?? ''} -c shared`,
    })
  return yes(wanted.map(([kind, all]) => `${kind} ${listed(all)}`).join('; '))
}

const listed = (all: readonly There[]) => all.map(({ name }) => name).join(', ') || 'none'

const get = (service: ServiceCall['service'], path: string, query?: Record<string, string>): ServiceCall => ({
  service,
  what: `read ${path}`,
  method: 'GET',
  path,
  ...(query === undefined ? {} : { query }),
  ...(service === 'compute' ? { headers: computeHeaders } : {}),
})

function namesIn(json: unknown, key: string): There[] | null {
  const item = z.object({ id: z.string(), name: z.string().nullish() })
  const read = z.looseObject({ [key]: z.array(item) }).safeParse(json)
  if (!read.success) return null
  const all = (read.data as Record<string, unknown>)[key] as { id: string; name?: string | null }[]
  return all.map(({ id, name }) => ({ id, name: name ?? id }))
}

function numbers(json: unknown, key: string): Record<string, number> | null {
  const read = z.looseObject({ [key]: z.record(z.string(), z.unknown()) }).safeParse(json)
  if (!read.success) return null
  const all = (read.data as Record<string, unknown>)[key] as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(all).filter((one): one is [string, number] => typeof one[1] === 'number'),
  )
}
