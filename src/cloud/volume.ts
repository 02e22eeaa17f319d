// Decides the calls of Cinder that bateau makes (Block Storage API v3), and what of their answers it reads.
// Leaves which volumes and quotas there should be to classroom/, and clouds without block storage to open.
import { z } from 'zod'
import { list } from './list.ts'
import type { Session } from './session.ts'

/** 3.0 has all that is called; all-tenants lists carry the project from there on. */
const headers = { 'openstack-api-version': 'volume 3.0' }

const volume = z.object({
  id: z.string(),
  name: z.string().nullish(),
  description: z.string().nullish(),
  status: z.string(),
  'os-vol-tenant-attr:tenant_id': z.string().optional(),
})
const snapshot = z.object({
  id: z.string(),
  name: z.string().nullish(),
  status: z.string(),
  'os-extended-snapshot-attributes:project_id': z.string().optional(),
})
const quota = z.object({
  volumes: z.number(),
  snapshots: z.number(),
  /** Volumes and snapshots together. */
  gigabytes: z.number(),
})

export type Volume = z.infer<typeof volume>
export type Snapshot = z.infer<typeof snapshot>
export type VolumeQuota = z.infer<typeof quota>

export class Volumes {
  readonly #session: Session
  constructor(session: Session) {
    this.#session = session
  }

  /** Of a project, as the administrator sees them. */
  async volumes(projectId: string): Promise<Volume[]> {
    const all = await list(
      this.#session,
      this.#get('list volumes', '/volumes/detail', projectId),
      'volumes',
      volume,
    )
    return all.filter((one) => (one['os-vol-tenant-attr:tenant_id'] ?? projectId) === projectId)
  }
  /** Of all projects, also of those that are gone. */
  all(): Promise<Volume[]> {
    const query = { all_tenants: '1' }
    const call = { service: 'volume', what: 'list volumes', path: '/volumes/detail', query, headers } as const
    return list(this.#session, call, 'volumes', volume)
  }
  async snapshots(projectId: string): Promise<Snapshot[]> {
    const call = this.#get('list volume snapshots', '/snapshots/detail', projectId)
    const all = await list(this.#session, call, 'snapshots', snapshot)
    return all.filter((one) => (one['os-extended-snapshot-attributes:project_id'] ?? projectId) === projectId)
  }
  async delete(kind: 'volumes' | 'snapshots', id: string): Promise<void> {
    const what = `delete ${kind.slice(0, -1)} ${id}`
    await this.#session.answer({ service: 'volume', what, method: 'DELETE', path: `/${kind}/${id}`, headers })
  }

  async quota(projectId: string): Promise<VolumeQuota> {
    const what = `read volume quotas of project ${projectId}`
    const path = `/os-quota-sets/${projectId}`
    const form = z.object({ quota_set: quota })
    return (await this.#session.call({ service: 'volume', what, method: 'GET', path, headers }, form))
      .quota_set
  }
  async setQuota(projectId: string, wanted: VolumeQuota): Promise<void> {
    const what = `set volume quotas of project ${projectId}`
    const call = { service: 'volume', what, method: 'PUT', headers } as const
    await this.#session.answer({ ...call, path: `/os-quota-sets/${projectId}`, json: { quota_set: wanted } })
  }
  async deleteQuota(projectId: string): Promise<void> {
    const what = `forget volume quotas of project ${projectId}`
    const call = { service: 'volume', what, method: 'DELETE', headers } as const
    await this.#session.answer({ ...call, path: `/os-quota-sets/${projectId}` })
  }

  #get(what: string, path: string, projectId: string) {
    const query = { all_tenants: '1', project_id: projectId }
    return { service: 'volume', what, path, query, headers } as const
  }
}
