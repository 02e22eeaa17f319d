// Decides how Nova is asked what each project used (os-simple-tenant-usage, Compute API v2.1).
// Leaves whose projects they are and what it costs to classroom/day.
import { z } from 'zod'
import type { Session } from './session.ts'

const usage = z.object({
  tenant_id: z.string(),
  /** Hours of instances, of any state but deleted: a stopped instance holds its place. */
  total_hours: z.number(),
  /** vCPU-hours. */
  total_vcpus_usage: z.number(),
  /** MiB-hours. */
  total_memory_mb_usage: z.number(),
  /** GiB-hours of local disk. */
  total_local_gb_usage: z.number(),
})
export type ProjectUsage = z.infer<typeof usage>

/** 2.40 gives long lists in pages. */
const headers = { 'openstack-api-version': 'compute 2.79' }
const mostPages = 1000

export class Usages {
  readonly #session: Session
  constructor(session: Session) {
    this.#session = session
  }

  /** Of every project that had an instance between two moments (milliseconds since 1970). A project may come in parts. */
  async of(from: number, to: number): Promise<ProjectUsage[]> {
    const period = { start: stamp(from), end: stamp(to) }
    const page = z.object({
      tenant_usages: z.array(usage).default([]),
      tenant_usages_links: z.array(z.object({ rel: z.string(), href: z.string() })).default([]),
    })
    const all: ProjectUsage[] = []
    let query: Record<string, string> = period
    for (let i = 0; i < mostPages; i++) {
      const call = { service: 'compute', what: 'read what projects used', method: 'GET', headers } as const
      const read = await this.#session.call({ ...call, path: '/os-simple-tenant-usage', query }, page)
      all.push(...read.tenant_usages)
      const next = read.tenant_usages_links.find(({ rel }) => rel === 'next')?.href
      if (next === undefined || read.tenant_usages.length === 0) break
      query = Object.fromEntries(new URL(next, 'http://next.invalid').searchParams)
    }
    return all
  }
}

/** UTC without a zone, as Nova reads it. */
const stamp = (at: number) => new Date(at).toISOString().slice(0, 19)
