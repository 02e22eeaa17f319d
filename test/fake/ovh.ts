// Decides how OVH's API of a DNS zone behaves: signed calls, records by id, published by a refresh.
// Leaves the wire to api.
import { createHash } from 'node:crypto'
import { type ApiCall, type ApiReply, FakeApi } from './api.ts'

export const ovhKeys = { application: 'ak-1', secret: 'as-2-secret', consumer: 'ck-3-consumer' }

type Record = { id: number; zone: string; fieldType: string; subDomain: string; target: string; ttl: number }

export class FakeOvh extends FakeApi {
  readonly zone = 'course.example'
  records: Record[] = []
  /** What its name servers answer with: the records of the last refresh. */
  published: Record[] = []
  /** Seconds that its clock is ahead of `now`. */
  ahead = 0
  granted = (_call: string) => true
  readonly #now: () => number
  #id = 5_386_578_000

  constructor(now: () => number) {
    super((call) => this.#reply(call))
    this.#now = now
    this.add('NS', '', 'dns16.ovh.net.', 0)
    this.add('TXT', '', '"v=spf1 -all"', 600)
    this.published = [...this.records]
  }

  add(fieldType: string, subDomain: string, target: string, ttl: number): Record {
    const made = { id: this.#id++, zone: this.zone, fieldType, subDomain, target, ttl }
    this.records.push(made)
    return made
  }

  #reply(call: ApiCall): ApiReply {
    const time = Math.floor(this.#now() / 1000) + this.ahead
    const path = call.url.pathname.replace('/1.0', '')
    if (path === '/auth/time') return { status: 200, json: time }
    const refused = this.#refused(call, time)
    if (refused) return refused
    const at = `/domain/zone/${this.zone}`
    if (!path.startsWith(`${at}/`)) return error(404, 'Client::NotFound', 'This service does not exist')
    const rest = path.slice(at.length)
    if (rest === '/refresh' && call.method === 'POST') {
      this.published = [...this.records]
      return { status: 200, json: null }
    }
    return this.#record(call, rest)
  }

  /** docs.ovh.com, First steps with the API: $1$ and the SHA-1 of all of these with + between them. */
  #refused({ method, href, headers, body, url }: ApiCall, time: number): ApiReply | undefined {
    const { application, secret, consumer } = ovhKeys
    if (headers['x-ovh-application'] !== application)
      return error(403, 'Client::Forbidden', 'This application key is invalid', 'INVALID_KEY')
    if (headers['x-ovh-consumer'] !== consumer)
      return error(403, 'Client::Forbidden', 'This credential is not valid', 'INVALID_CREDENTIAL')
    const stamp = String(headers['x-ovh-timestamp'])
    if (Math.abs(Number(stamp) - time) > 30)
      return error(400, 'Client::BadRequest', 'Query out of time', 'QUERY_TIME_OUT')
    const wanted = createHash('sha1')
      .update([secret, consumer, method, href, body, stamp].join('+'))
      .digest('hex')
    if (headers['x-ovh-signature'] !== `$1$${wanted}`)
      return error(400, 'Client::BadRequest', 'Invalid signature', 'INVALID_SIGNATURE')
    if (!this.granted(`${method} ${url.pathname}`))
      return error(403, 'Client::Forbidden', 'This call has not been granted', 'NOT_GRANTED_CALL')
    return undefined
  }

  #record({ method, url, body }: ApiCall, rest: string): ApiReply {
    if (rest === '/record' && method === 'GET') {
      const type = url.searchParams.get('fieldType')
      const ids = this.records.filter((one) => type === null || one.fieldType === type).map(({ id }) => id)
      return { status: 200, json: ids }
    }
    if (rest === '/record' && method === 'POST') {
      const { fieldType, subDomain, target, ttl } = JSON.parse(body) as Record
      return { status: 200, json: this.add(fieldType, subDomain, target, ttl) }
    }
    const id = Number(/^\/record\/(\d+)$/.exec(rest)?.[1])
    const at = this.records.findIndex((one) => one.id === id)
    const found = this.records[at]
    if (found === undefined) return error(404, 'Client::NotFound', 'The requested object does not exist')
    if (method === 'GET') return { status: 200, json: found }
    if (method === 'DELETE') this.records = this.records.filter((one) => one.id !== id)
    else this.records[at] = { ...found, ...(JSON.parse(body) as Partial<Record>) }
    return { status: 200, json: null }
  }
}

const error = (status: number, kind: string, message: string, errorCode?: string): ApiReply => ({
  status,
  json: { class: kind, message, ...(errorCode === undefined ? {} : { errorCode }) },
})
