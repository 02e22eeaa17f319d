// Decides which cloud the bench uses, how its administrator reaches it, and how everything of the bench is taken away again.
// Leaves enrolling to the contestants.
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { Secret } from '../../src/core/secret.ts'
import { type Cloud, openCloud } from '../../src/cloud/open.ts'
import type { ServiceCall } from '../../src/cloud/session.ts'
import type { Endpoint } from './relay.ts'

const entrySchema = z.looseObject({
  auth: z.looseObject({
    auth_url: z.string(),
    username: z.string(),
    password: z.string(),
    project_name: z.string(),
  }),
  region_name: z.string().default('RegionOne'),
  interface: z.enum(['public', 'internal', 'admin']).default('public'),
  cacert: z.string().optional(),
})
export type Entry = z.infer<typeof entrySchema>

/** `BATEAU_BENCH_CLOUD=path/to/clouds.yaml#entry`, of an administrator with a password. */
export function benchEntry(): Entry {
  const [file, name] = (process.env['BATEAU_BENCH_CLOUD'] ?? '').split('#')
  if (!file || !name)
    throw new Error('BATEAU_BENCH_CLOUD=path/to/clouds.yaml#entry names the cloud that the bench enrols on')
  const { clouds } = parse(readFileSync(file, 'utf8')) as { clouds: Record<string, unknown> }
  return entrySchema.parse(clouds[name])
}

export const authorityOf = ({ cacert }: Entry): string | null =>
  cacert === undefined ? null : readFileSync(cacert, 'utf8')

export function openAdmin(entry: Entry): Promise<Cloud> {
  const { username: user, password, project_name: project, auth_url: authUrl } = entry.auth
  return openCloud({
    authUrl,
    credentials: { kind: 'password', user, project, password: new Secret(password) },
    region: entry.region_name,
    interface: entry.interface,
  })
}

/** What the catalogue names for this entry, and Keystone itself. */
export async function endpointsOf(entry: Entry, cloud: Cloud): Promise<Endpoint[]> {
  const { json } = await cloud.attempt({
    service: 'identity',
    what: 'read the catalogue',
    method: 'GET',
    path: '/auth/catalog',
  })
  const form = z.object({
    catalog: z.array(
      z.object({
        type: z.string(),
        endpoints: z.array(
          z.object({ interface: z.string(), region_id: z.string().nullish(), url: z.string() }),
        ),
      }),
    ),
  })
  return [
    { type: 'identity', url: entry.auth.auth_url },
    ...form
      .parse(json)
      .catalog.flatMap(({ type, endpoints }) =>
        endpoints
          .filter((one) => one.interface === entry.interface && one.region_id === entry.region_name)
          .map(({ url }) => ({ type, url })),
      ),
  ]
}

/** Everything whose project or own name begins with `prefix`: what any contestant made, also when it failed half-way. */
export async function clear(cloud: Cloud, prefix: string): Promise<void> {
  const drop = (service: ServiceCall['service'], path: string) =>
    cloud.attempt({ service, what: `delete ${path}`, method: 'DELETE', path })
  const each = async <T>(all: readonly T[], act: (one: T) => Promise<unknown>) => {
    for (const one of all) await act(one)
  }
  const named = <T extends { name?: string | null | undefined }>(all: readonly T[]) =>
    all.filter(({ name }) => name?.startsWith(prefix) === true)
  const projects = named(await cloud.identity.projects())
  const users = named(await cloud.identity.users())
  const ids = new Set(projects.map(({ id }) => id))
  const isOurs = (one: { project_id: string; name: string; tags: string[] }) =>
    ids.has(one.project_id) ||
    one.name.startsWith(prefix) ||
    one.name.startsWith(`own-${prefix}`) ||
    one.tags.includes(`bateau:${prefix}`)
  for (const one of await cloud.compute.servers('all'))
    if (ids.has(one.tenant_id)) await cloud.compute.deleteServer(one.id)
  for (const { id } of users)
    for (const { name } of await cloud.compute.keypairs(id)) await cloud.compute.deleteKeypair(id, name)
  const routers = (await cloud.network.routers()).filter(isOurs)
  const ports = await cloud.network.ports({})
  await each(routers, async ({ id }) => {
    const plugs = ports.filter(
      (one) => one.device_id === id && one.device_owner === 'network:router_interface',
    )
    for (const { fixed_ips: ips } of plugs)
      for (const { subnet_id: subnet } of ips) await cloud.network.removeRouterInterface(id, subnet)
    await drop('network', `/routers/${id}`)
  })
  await each((await cloud.network.networks()).filter(isOurs), ({ id }) => drop('network', `/networks/${id}`))
  await each((await cloud.network.securityGroups({})).filter(isOurs), ({ id }) =>
    drop('network', `/security-groups/${id}`),
  )
  await each(projects, async ({ id }) => {
    await drop('compute', `/os-quota-sets/${id}`)
    await drop('network', `/quotas/${id}`)
  })
  await each(users, ({ id }) => drop('identity', `/users/${id}`))
  await each(projects, ({ id }) => drop('identity', `/projects/${id}`))
  await each(named(await cloud.image.images()), ({ id }) => drop('image', `/images/${id}`))
  await each(named(await cloud.compute.flavors()), ({ id }) => drop('compute', `/flavors/${id}`))
}
