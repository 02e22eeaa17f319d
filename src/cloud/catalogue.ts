// Decides which address each service is called at: from Keystone's catalogue by interface and region, or as given.
// Leaves calling it to session.
import { z } from 'zod'
import { type Fault, Trouble } from '../core/fault.ts'

export const services = ['identity', 'compute', 'network', 'image', 'volume'] as const
export type Service = (typeof services)[number]
export type Interface = 'public' | 'internal' | 'admin'

export const catalogueSchema = z.array(
  z.object({
    type: z.string(),
    endpoints: z.array(z.object({ interface: z.string(), region_id: z.string().nullish(), url: z.string() })),
  }),
)
export type Catalogue = z.infer<typeof catalogueSchema>

/** The version in the path, which some catalogues leave out. */
const version: Record<Service, string> = {
  identity: '/v3',
  compute: '/v2.1',
  network: '/v2.0',
  image: '/v2',
  volume: '/v3',
}

/** Names of a service type, the official one first (service-types.openstack.org). */
const typesOf: Partial<Record<Service, readonly string[]>> = { volume: ['block-storage', 'volumev3'] }
const isOf = (service: Service, type: string) => (typesOf[service] ?? [service]).includes(type)

export function isThere(
  catalogue: Catalogue,
  service: Service,
  { endpoints }: Pick<Choice, 'endpoints'>,
): boolean {
  return endpoints?.[service] !== undefined || catalogue.some(({ type }) => isOf(service, type))
}

export type Choice = {
  /** Null: any, for a cloud that has one. */
  region: string | null
  interface: Interface
  endpoints?: Partial<Record<Service, string>>
}

/** Throws Trouble `cloud-catalogue` when the cloud has no such endpoint. No slash at the end. */
export function endpointOf(catalogue: Catalogue, service: Service, choice: Choice): string {
  const given = choice.endpoints?.[service]
  const found =
    given ??
    catalogue
      .filter(({ type }) => isOf(service, type))
      .flatMap(({ endpoints }) => endpoints)
      .find((one) => one.interface === choice.interface && isRegion(one, choice.region))?.url
  if (found === undefined) throw new Trouble(missing(catalogue, service, choice))
  const base = found.replace(/\/+$/, '')
  if (service === 'identity') return `${base.replace(/\/v(2\.0|3)$/, '')}${version.identity}`
  // Nova's and Cinder's may end in the id of a project, after their version.
  const versioned =
    service === 'compute'
      ? /\/v2(\.\d+)?(\/|$)/.test(base)
      : service === 'volume'
        ? /\/v3(\/|$)/.test(base)
        : base.endsWith(version[service])
  return versioned ? base : base + version[service]
}

const isRegion = (one: { region_id?: string | null | undefined }, region: string | null) =>
  region === null || one.region_id === region

/** The region of a cloud that has only one; null where there are several. */
export function onlyRegion(catalogue: Catalogue): string | null {
  const all = catalogue.flatMap(({ endpoints }) => endpoints.map((one) => one.region_id ?? null))
  const [first = null, ...others] = new Set(all.filter((one) => one !== null))
  return others.length === 0 ? first : null
}

function missing(catalogue: Catalogue, service: Service, choice: Choice): Fault {
  const there = catalogue.flatMap(({ type, endpoints }) =>
    isOf(service, type) ? endpoints.map((one) => `${one.interface} in ${one.region_id ?? 'no region'}`) : [],
  )
  return {
    code: 'cloud-catalogue',
    title: `the cloud has no ${choice.interface} ${service} endpoint in ${choice.region === null ? 'any region' : `region ${choice.region}`}`,
    why:
      there.length === 0
        ? `its catalogue names no ${service} service`
        : `its catalogue has ${there.join(', ')}`,
    fix: 'see that the deployment finished with: bateau status; of a cloud that was there already: region_name and interface of its entry in clouds.yaml',
  }
}
