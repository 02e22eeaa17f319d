// Decides the calls of Nova that change an instance which is there: power, rebuild, snapshot, tags (Compute API v2.1).
// Leaves when an action is allowed, and waiting for its end, to classroom/day.
import { z } from 'zod'
import { list } from './list.ts'
import type { ServiceCall, Session } from './session.ts'

/** 2.26 tags, 2.45 the answer of createImage names the image. */
const headers = { 'openstack-api-version': 'compute 2.79' }

export class Actions {
  readonly #session: Session
  constructor(session: Session) {
    this.#session = session
  }

  async start(id: string): Promise<void> {
    await this.#act(id, 'start', { 'os-start': null })
  }
  async stop(id: string): Promise<void> {
    await this.#act(id, 'stop', { 'os-stop': null })
  }
  /** Its disk is made anew from the image; ports, addresses, keys and user data stay. */
  async rebuild(id: string, imageId: string): Promise<void> {
    await this.#act(id, 'rebuild', { rebuild: { imageRef: imageId } })
  }
  /** An image of its disk, in the project of who is logged in; `properties` are on it from the first moment. */
  async snapshot(id: string, name: string, properties: Readonly<Record<string, string>>): Promise<string> {
    const made = await this.#session.call(
      {
        service: 'compute',
        what: `take a snapshot of instance ${id}`,
        method: 'POST',
        path: `/servers/${id}/action`,
        headers,
        json: { createImage: { name, metadata: properties } },
      },
      z.object({ image_id: z.string() }),
    )
    return made.image_id
  }

  /** Adds one tag; at most 60 characters, no slash, no comma. */
  async tag(id: string, tag: string): Promise<void> {
    await this.#do('PUT', `tag instance ${id}`, `/servers/${id}/tags/${encodeURIComponent(tag)}`)
  }
  async untag(id: string, tag: string): Promise<void> {
    await this.#do('DELETE', `untag instance ${id}`, `/servers/${id}/tags/${encodeURIComponent(tag)}`)
  }

  /** Instances of everybody that are being built now, which is what loads the disks. */
  async building(): Promise<number> {
    const call = {
      service: 'compute',
      what: 'count instances that start',
      path: '/servers',
      headers,
    } as const
    const query = { all_tenants: '1', status: 'BUILD' }
    return (await list(this.#session, { ...call, query }, 'servers', z.object({ id: z.string() }))).length
  }

  async #act(id: string, what: string, json: object): Promise<void> {
    await this.#do('POST', `${what} instance ${id}`, `/servers/${id}/action`, { json })
  }
  async #do(method: ServiceCall['method'], what: string, path: string, more: { json?: object } = {}) {
    await this.#session.answer({ service: 'compute', what, method, path, headers, ...more })
  }
}
