// Decides how Scaleway's Domains and DNS API of a zone behaves: pages, and a PATCH that is done as a whole or not at all.
// Leaves the wire to api.
import { type ApiCall, type ApiReply, FakeApi } from './api.ts'

export const scalewayKey = '11111111-2222-3333-4444-555555555555'

type Record = { id: string; name: string; type: string; ttl: number; data: string }
type Change = { delete?: { id: string }; add?: { records: Omit<Record, 'id'>[] } }

/** The most records that a page has, whatever was asked for. */
const largestPage = 100

export class FakeScaleway extends FakeApi {
  readonly zone = 'course.example'
  records: Record[] = []
  #id = 0

  constructor() {
    super((call) => this.#reply(call))
    this.add('', 'NS', 'ns0.dom.scw.cloud.', 1800)
    this.add('', 'TXT', 'v=spf1 -all', 600)
  }

  add(name: string, type: string, data: string, ttl: number): void {
    const id = `00000000-0000-4000-8000-${String(this.#id++).padStart(12, '0')}`
    this.records.push({ id, name, type, ttl, data: type === 'TXT' ? data.replace(/^"(.*)"$/, '$1') : data })
  }

  #reply({ method, url, headers, body }: ApiCall): ApiReply {
    if (headers['x-auth-token'] !== scalewayKey)
      return error(401, {
        type: 'denied_authentication',
        message: 'authentication is denied',
        method: 'api_key',
      })
    if (url.pathname !== `/domain/v2beta1/dns-zones/${this.zone}/records`)
      return error(404, { type: 'not_found', message: 'resource is not found', resource: 'dns_zone' })
    if (method === 'PATCH') return this.#patch(JSON.parse(body) as Patch)
    const size = Math.min(largestPage, Number(url.searchParams.get('page_size') ?? 20))
    const from = (Number(url.searchParams.get('page') ?? 1) - 1) * size
    const sorted = this.records.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    const records = sorted
      .slice(from, from + size)
      .map((one) => ({ ...one, data: one.type === 'TXT' ? `"${one.data}"` : one.data }))
    return { status: 200, json: { total_count: this.records.length, records } }
  }

  #patch({ changes, disallow_new_zone_creation }: Patch): ApiReply {
    if (!disallow_new_zone_creation)
      return error(400, { type: 'invalid_arguments', message: 'a test never makes a zone' })
    const gone = changes.flatMap((change) => (change.delete ? [change.delete.id] : []))
    if (gone.some((id) => !this.records.some((one) => one.id === id)))
      return error(404, { type: 'not_found', message: 'resource is not found', resource: 'record' })
    this.records = this.records.filter(({ id }) => !gone.includes(id))
    for (const { name, type, data, ttl } of changes.flatMap((change) => change.add?.records ?? []))
      this.add(name, type, data, ttl)
    return { status: 200, json: { records: [] } }
  }
}

type Patch = { changes: Change[]; disallow_new_zone_creation?: boolean }

const error = (status: number, json: object): ApiReply => ({ status, json })
