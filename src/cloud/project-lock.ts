// Decides the calls by which a lock is kept in a cloud: a disabled project, as Keystone makes a name only once in a domain.
// Leaves whose it is and when it counts to classroom/cloud-lock.
import { z } from 'zod'
import { list } from './list.ts'
import type { Session } from './session.ts'

const project = z.object({ id: z.string(), name: z.string(), description: z.string().nullish() })
const domain = z.object({ id: z.string(), name: z.string() })

export type LockProject = z.infer<typeof project>

/** A lock is given back on the way out, when nobody waits long. Milliseconds. */
const patience = 10_000

/** Its calls go on when the run is stopped: a lock that is not given back stands in everybody's way. */
export class ProjectLocks {
  readonly #session: Session
  constructor(session: Session) {
    this.#session = session
  }

  /** The project of that name in the domain Default. */
  async find(name: string): Promise<LockProject | undefined> {
    const query = { name, domain_id: await this.#domain() }
    const call = {
      service: 'identity',
      what: 'look for the lock',
      path: '/projects',
      query,
      patience,
    } as const
    return (await list(this.#session, call, 'projects', project)).find((one) => one.name === name)
  }
  /** Throws CallFailure 409 when there is one of that name. */
  async create(name: string, description: string): Promise<LockProject> {
    const json = { project: { name, description, domain_id: await this.#domain(), enabled: false } }
    const made = await this.#session.call(
      { service: 'identity', what: 'take the lock', method: 'POST', path: '/projects', json, patience },
      z.object({ project }),
    )
    return made.project
  }
  async describe(id: string, description: string): Promise<void> {
    await this.#session.answer({
      service: 'identity',
      what: 'say that the lock is held',
      method: 'PATCH',
      path: `/projects/${id}`,
      json: { project: { description } },
      repeatable: true,
      patience,
    })
  }
  async delete(id: string): Promise<void> {
    const path = `/projects/${id}`
    await this.#session.answer({
      service: 'identity',
      what: 'give the lock back',
      method: 'DELETE',
      path,
      patience,
    })
  }

  #found: Promise<string> | undefined
  #domain(): Promise<string> {
    const call = {
      service: 'identity',
      what: 'list domains',
      path: '/domains',
      query: { name: 'Default' },
    } as const
    this.#found ??= list(this.#session, call, 'domains', domain).then(
      (all) => all.find(({ name }) => name === 'Default')?.id ?? 'default',
    )
    return this.#found
  }
}
