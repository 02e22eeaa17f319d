// Decides the calls of Neutron by which traffic of ports is let through or cut (Networking API v2.0).
// Leaves what is cut, and remembering how it was, to classroom/day.
import { z } from 'zod'
import type { ServiceCall, Session } from './session.ts'

/** Fields as Neutron names them; without protocol and prefix it is everything. */
export type WallRule = {
  direction: 'ingress' | 'egress'
  ethertype: 'IPv6'
  protocol: string
  port_range_min?: number
  port_range_max?: number
  remote_ip_prefix: string
  description: string
}
export type PortWall = { security_groups: readonly string[]; port_security_enabled: boolean }

const made = z.object({ security_group: z.looseObject({ id: z.string() }) })
const ruleIds = z.object({
  security_group: z.object({ security_group_rules: z.array(z.object({ id: z.string() })) }),
})

export class Walls {
  readonly #session: Session
  constructor(session: Session) {
    this.#session = session
  }

  /** A security group of the own project. Neutron gives it two rules that let everything out. */
  async createGroup(name: string, description: string): Promise<string> {
    const json = { security_group: { name, description } }
    const what = `create security group ${name}`
    const call = { service: 'network', what, method: 'POST', path: '/security-groups', json } as const
    return (await this.#session.call(call, made)).security_group.id
  }
  async rules(groupId: string): Promise<string[]> {
    const path = `/security-groups/${groupId}`
    const call = { service: 'network', what: `show security group ${groupId}`, method: 'GET', path } as const
    const { security_group: group } = await this.#session.call(call, ruleIds)
    return group.security_group_rules.map(({ id }) => id)
  }
  /** Port security goes on before groups are set, and off after they are taken away: one call does both. */
  async setPort(id: string, wall: PortWall): Promise<void> {
    await this.#do('PUT', `change what passes port ${id}`, `/ports/${id}`, { json: { port: wall } })
  }

  async #do(method: ServiceCall['method'], what: string, path: string, more: { json?: object } = {}) {
    await this.#session.answer({ service: 'network', what, method, path, ...more })
  }
}
