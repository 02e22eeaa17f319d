// Decides what stands in for another student's things while the walls are tried: one of each kind, of a project of its own.
// Leaves attacking it to the walls, and taking it away to sweep.
import { z } from 'zod'
import { Trouble } from '../../core/fault.ts'
import type { Secret } from '../../core/secret.ts'
import type { Clock } from '../../cloud/clock.ts'
import { computeHeaders } from '../../cloud/compute.ts'
import type { Cloud } from '../../cloud/open.ts'
import type { ServiceCall } from '../../cloud/session.ts'
import type { ClassroomDeps } from '../input.ts'
import { decoyName, decoyPassword, verifyTag, verifyText } from './mark.ts'

export const decoyParts = [
  'project',
  'user',
  'server',
  'keypair',
  'network',
  'subnet',
  'port',
  'router',
  'group',
  'rule',
  'image',
  'credential',
  'volume',
] as const
export type DecoyPart = (typeof decoyParts)[number]

export type Decoy = {
  /** The cloud as the one whose things are attacked. */
  owner: Cloud
  /** Ids; of the key pair its name. What could not be made is absent. */
  ids: Partial<Record<DecoyPart, string>>
  /** Why a part is absent, in the words of the service. */
  lacking: Partial<Record<DecoyPart, string>>
}

export type DecoyInput = {
  course: string
  domainId: string
  memberRoleId: string
  /** Of the course: the instance names it, and never boots. */
  imageId: string | undefined
}

/**
 * No machine has so much memory (MiB; the largest that Nova takes): an instance of it is refused by the scheduler, stands
 * there in status ERROR with an owner, and costs nothing. For a wall it is an instance like any other.
 */
const neverFits = 2_147_483_647
const settledWithinMilliseconds = 60_000

type Make = (
  part: DecoyPart,
  cloud: Cloud,
  key: string,
  call: ServiceCall,
  id?: string,
) => Promise<string | undefined>

/** Throws Trouble when there is no project, user or log-in; any other part may be lacking. Sweep before and after. */
export async function makeDecoy(
  input: DecoyInput,
  admin: Cloud,
  deps: Pick<ClassroomDeps, 'cloudAs' | 'clock' | 'vault'>,
): Promise<Decoy> {
  const { course, domainId, memberRoleId } = input
  const name = decoyName(course)
  const description = verifyText(course, 'attacked in place of a student; gone in a moment')
  const password: Secret = deps.vault.get(decoyPassword)
  const tags = [verifyTag(course)]
  const project = await admin.identity.createProject({ name, domainId, description, tags })
  const user = await admin.identity.createUser({
    name,
    domainId,
    description,
    password,
    defaultProjectId: project.id,
  })
  await admin.identity.grant(project.id, user.id, memberRoleId)
  const owner = await deps.cloudAs({ user: name, project: name, password })
  const decoy: Decoy = { owner, ids: { project: project.id, user: user.id }, lacking: {} }
  const make: Make = async (part, cloud, key, call, named) => {
    const { status, said, json } = await cloud.attempt(call)
    const id = status < 300 ? (named ?? idIn(json, key)) : undefined
    if (id === undefined) decoy.lacking[part] = said
    else decoy.ids[part] = id
    return id
  }
  await Promise.all([
    makeServer(input, admin, decoy, make, deps.clock),
    makeNetwork(name, description, decoy, make),
    make('keypair', owner, 'keypair', keypairCall(name), name),
    make('image', owner, 'id', imageCall(name, tags)),
    admin.volume === null ? undefined : make('volume', owner, 'volume', volumeCall(name, description)),
    make('credential', owner, 'application_credential', credentialCall(user.id, name, memberRoleId)),
  ])
  return decoy
}

async function makeServer(
  { course, imageId }: DecoyInput,
  admin: Cloud,
  decoy: Decoy,
  make: Make,
  clock: Clock,
): Promise<void> {
  const project = decoy.ids.project ?? ''
  const name = decoyName(course)
  const compute = { service: 'compute', headers: computeHeaders } as const
  if (imageId === undefined) {
    decoy.lacking.server = 'the cloud has no image of the course'
    return
  }
  const flavor = await admin.attempt({
    ...compute,
    what: `create flavor ${name}`,
    method: 'POST',
    path: '/flavors',
    json: {
      flavor: {
        name,
        vcpus: 1,
        ram: neverFits,
        disk: 20,
        'os-flavor-access:is_public': false,
        description: verifyText(course, 'fits no machine'),
      },
    },
  })
  const flavorId = idIn(flavor.json, 'flavor')
  if (flavorId === undefined) {
    decoy.lacking.server = flavor.said
    return
  }
  const access = { addTenantAccess: { tenant: project } }
  await admin.attempt({
    ...compute,
    what: `let project ${project} use flavor ${name}`,
    method: 'POST',
    path: `/flavors/${flavorId}/action`,
    json: access,
  })
  await admin.attempt({
    ...compute,
    what: `set quotas of project ${project}`,
    method: 'PUT',
    path: `/os-quota-sets/${project}`,
    json: { quota_set: { instances: 1, cores: -1, ram: -1, force: true } },
  })
  const server = { name, imageRef: imageId, flavorRef: flavorId, networks: 'none', tags: [verifyTag(course)] }
  const id = await make('server', decoy.owner, 'server', {
    ...compute,
    what: `create instance ${name}`,
    method: 'POST',
    path: '/servers',
    json: { server },
  })
  if (id === undefined) return
  const begun = clock.now()
  while ((await decoy.owner.compute.server(id)).status === 'BUILD') {
    if (clock.now() - begun > settledWithinMilliseconds) return
    await clock.wait(500)
  }
}

/** A unique local prefix (RFC 4193): it is routed nowhere. */
const decoyPrefix = 'fd62:6174:6561:7500::/64'

async function makeNetwork(name: string, description: string, decoy: Decoy, make: Make): Promise<void> {
  const { owner } = decoy
  const create = (part: DecoyPart, singular: string, fields: object) =>
    make(part, owner, singular, {
      service: 'network',
      what: `create ${singular.replaceAll('_', ' ')} ${name}`,
      method: 'POST',
      path: `/${singular.replaceAll('_', '-')}s`,
      json: { [singular]: { description, ...fields } },
    })
  const network = await create('network', 'network', { name })
  const group = await create('group', 'security_group', { name })
  await Promise.all([
    create('router', 'router', { name }),
    group === undefined
      ? undefined
      : create('rule', 'security_group_rule', {
          security_group_id: group,
          direction: 'ingress',
          ethertype: 'IPv6',
          protocol: 'tcp',
          port_range_min: 9,
          port_range_max: 9,
        }),
  ])
  if (network === undefined) return
  const subnet = { name, network_id: network, ip_version: 6, cidr: decoyPrefix, enable_dhcp: false }
  await create('subnet', 'subnet', subnet)
  await create('port', 'port', { name, network_id: network })
}

const keypairCall = (name: string): ServiceCall => ({
  service: 'compute',
  headers: computeHeaders,
  what: `create key pair ${name}`,
  method: 'POST',
  path: '/os-keypairs',
  json: { keypair: { name, type: 'ssh', public_key: decoyKey } },
})
/** The key of RFC 8032's first test vector (section 7.1): everybody has its private half, and nothing is opened by it. */
const decoyKey =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea RFC8032-7.1'

const imageCall = (name: string, tags: readonly string[]): ServiceCall => ({
  service: 'image',
  what: `create image ${name}`,
  method: 'POST',
  path: '/images',
  json: { name, tags, visibility: 'private', disk_format: 'raw', container_format: 'bare' },
})

/** The smallest there is. Where its storage is full or broken it stands there in status error, which serves as well. */
const volumeCall = (name: string, description: string): ServiceCall => ({
  service: 'volume',
  what: `create volume ${name}`,
  method: 'POST',
  path: '/volumes',
  json: { volume: { name, description, size: 1 } },
})

/** The role is named: left out, Keystone takes those of the token, and was once seen to refuse one that nobody has. */
const credentialCall = (userId: string, name: string, roleId: string): ServiceCall => ({
  service: 'identity',
  what: `create application credential ${name}`,
  method: 'POST',
  path: `/users/${userId}/application_credentials`,
  json: { application_credential: { name, roles: [{ id: roleId }] } },
})

/** `{server: {id}}`, and Glance's `{id}` with key `id`. */
export function idIn(json: unknown, key: string): string | undefined {
  const own = z.object({ id: z.string() })
  const read = key === 'id' ? own.safeParse(json) : z.object({ [key]: own }).safeParse(json)
  if (!read.success) return undefined
  const found: unknown = key === 'id' ? read.data : (read.data as Record<string, unknown>)[key]
  return (found as { id: string }).id
}

/** What of it is gone or not as it was made, seen by its owner: "its instance, its network". Empty: it is whole. */
export async function damageOf({ owner, ids }: Decoy): Promise<string[]> {
  const look = await Promise.all(
    reads.map(async ([part, call]) => {
      const id = ids[part]
      if (id === undefined) return []
      const { status } = await owner.attempt(call(id, ids.user ?? ''))
      return status < 300 ? [] : [part]
    }),
  ).catch((error: unknown) => {
    if (error instanceof Trouble) return [['all of it']]
    throw error
  })
  return look.flat()
}

const read = (service: ServiceCall['service'], path: string): ServiceCall => ({
  service,
  what: `read ${path}`,
  method: 'GET',
  path,
  ...(service === 'compute' ? { headers: computeHeaders } : {}),
})
const reads: readonly [DecoyPart, (id: string, userId: string) => ServiceCall][] = [
  ['server', (id) => read('compute', `/servers/${id}`)],
  ['keypair', (id) => read('compute', `/os-keypairs/${id}`)],
  ['network', (id) => read('network', `/networks/${id}`)],
  ['subnet', (id) => read('network', `/subnets/${id}`)],
  ['port', (id) => read('network', `/ports/${id}`)],
  ['router', (id) => read('network', `/routers/${id}`)],
  ['group', (id) => read('network', `/security-groups/${id}`)],
  ['rule', (id) => read('network', `/security-group-rules/${id}`)],
  ['volume', (id) => read('volume', `/volumes/${id}`)],
  ['image', (id) => read('image', `/images/${id}`)],
  ['credential', (id, user) => read('identity', `/users/${user}/application_credentials/${id}`)],
]
