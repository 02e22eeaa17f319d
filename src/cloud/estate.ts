// Decides how Neutron is asked what projects own, and how one thing of theirs is taken away (Networking API v2.0).
// Leaves what may be taken, and in which order, to classroom/day.
import { z } from 'zod'
import { list } from './list.ts'
import type { Session } from './session.ts'

/** In the order in which they can be listed: all are of the core, routers and floating addresses of the router extension. */
export const estateKinds = [
  'floatingips',
  'ports',
  'routers',
  'subnets',
  'networks',
  'security-groups',
] as const
export type EstateKind = (typeof estateKinds)[number]

const thing = z.object({
  id: z.string(),
  name: z.string().default(''),
  project_id: z.string(),
  description: z.string().nullish(),
  tags: z.array(z.string()).default([]),
  network_id: z.string().nullish(),
  device_id: z.string().nullish(),
  device_owner: z.string().nullish(),
  fixed_ips: z.array(z.object({ subnet_id: z.string(), ip_address: z.string() })).default([]),
  floating_ip_address: z.string().optional(),
  cidr: z.string().optional(),
  security_groups: z.array(z.string()).default([]),
  port_security_enabled: z.boolean().default(true),
  security_group_rules: z
    .array(
      z.object({
        id: z.string(),
        description: z.string().nullish(),
        direction: z.string(),
        protocol: z.string().nullish(),
        port_range_min: z.number().nullish(),
        port_range_max: z.number().nullish(),
        remote_ip_prefix: z.string().nullish(),
        remote_group_id: z.string().nullish(),
      }),
    )
    .default([]),
})
/** Fields of all kinds; those that a kind has not are empty. */
export type Owned = z.infer<typeof thing>

export class Estates {
  readonly #session: Session
  constructor(session: Session) {
    this.#session = session
  }

  /** Of everybody, or of one project. */
  owned(kind: EstateKind, projectId?: string): Promise<Owned[]> {
    const query: Record<string, string> = projectId === undefined ? {} : { project_id: projectId }
    const call = { service: 'network', what: `list ${kind}`, path: `/${kind}`, query } as const
    return list(this.#session, call, kind.replace('-', '_'), thing)
  }
  async delete(kind: EstateKind | 'security-group-rules', id: string): Promise<void> {
    const call = { service: 'network', what: `delete ${kind} ${id}`, method: 'DELETE' } as const
    await this.#session.answer({ ...call, path: `/${kind}/${id}` })
  }
}
