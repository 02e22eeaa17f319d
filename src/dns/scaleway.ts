// Decides how a zone is read and changed by Scaleway's Domains and DNS API (v2beta1): pages, and one PATCH with all changes.
// Leaves what to change to diff.
import { z } from 'zod'
import type { Fault } from '../core/fault.ts'
import type { Secret } from '../core/secret.ts'
import { callJson, type HttpCall, type HttpDeps } from './http.ts'
import { markerName, readMarker } from './marker.ts'
import { type RecordType, rrsetsOf } from './record.ts'
import { type Batch, racedFault, type Snapshot, type ZoneHand } from './zone.ts'

export type Scaleway = Omit<HttpDeps, 'refusal' | 'hide'> & {
  zone: string
  /** No slash at its end. */
  api: string
  secretKey: Secret
}

export const scalewayApi = 'https://api.scaleway.com'

/** scaleway/scaleway-sdk-go, api/domain/v2beta1: Record, ListDNSZoneRecordsResponse. */
const record = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  ttl: z.number(),
  data: z.string(),
})
const page = z.object({ total_count: z.number(), records: z.array(record) })
type ScalewayRecord = z.infer<typeof record>

/** The largest that the API takes. */
const pageSize = 100

export function scalewayZone(input: Scaleway): ZoneHand {
  const { zone, api, secretKey } = input
  const deps: HttpDeps = { ...input, hide: [secretKey], refusal: refusalOf(zone) }
  const base = `${api}/domain/v2beta1/dns-zones/${zone}/records`
  let known: ScalewayRecord[] = []

  const call = <T>(
    what: string,
    method: 'GET' | 'PATCH',
    query: string,
    schema: z.ZodType<T>,
    json?: object,
  ) =>
    callJson(
      {
        what,
        method,
        url: new URL(base + query),
        headers: () => ({
          'x-auth-token': secretKey.reveal(),
          ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        }),
        // A PATCH whose answer was lost may have been carried out; the zone is read again instead.
        repeatable: method === 'GET',
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      },
      deps,
      schema,
    )

  return {
    zone,
    kind: 'forward',
    where: new URL(api).host,
    limits: { names: Number.MAX_SAFE_INTEGER, text: 255 },
    async read(course, wanted): Promise<Snapshot> {
      const records: ScalewayRecord[] = []
      for (let number = 1; ; number++) {
        const query = `?page=${number}&page_size=${pageSize}&order_by=name_asc`
        const { total_count, records: some } = await call(`list the records of ${zone}`, 'GET', query, page)
        records.push(...some)
        if (some.length === 0 || records.length >= total_count) break
      }
      known = records
      const lines = known.filter((one) => one.type === 'TXT' && nameOf(one) === markerName(course))
      const held = readMarker(course, lines.map(dataOf))
      const names = new Set([...wanted, ...held])
      const here = known.filter((one) => types.has(one.type) && names.has(nameOf(one)))
      return {
        marker: { ttl: lines[0]?.ttl ?? 0, texts: lines.map(dataOf) },
        held,
        found: rrsetsOf(
          here.map((one) => ({ ...one, name: nameOf(one), type: one.type as RecordType, data: dataOf(one) })),
        ),
        negative: null,
      }
    },
    /**
     * Deletions by id and additions in one request, as external-dns sends them; `disallow_new_zone_creation` because a
     * PATCH of a zone that is not there would otherwise make one.
     */
    async apply({ marker, changes }: Batch) {
      const at = (name: string, type: string) =>
        known.filter((one) => one.type === type && nameOf(one) === name)
      const retimed = (one: ScalewayRecord) => one.ttl !== marker.ttl
      const gone = [
        ...changes.flatMap(({ name, type, was }) => (was ? at(name, type) : [])),
        ...at(marker.name, 'TXT').filter((one) => !marker.now.includes(dataOf(one)) || retimed(one)),
      ]
      const left = known.filter((one) => !gone.includes(one))
      const added = [
        ...changes.flatMap(({ name, type, now }) =>
          (now?.data ?? []).map((data) => ({ name, type, ttl: now?.ttl ?? 0, data })),
        ),
        ...marker.now
          .filter((text) => !left.some((one) => nameOf(one) === marker.name && dataOf(one) === text))
          .map((text) => ({ name: marker.name, type: 'TXT', ttl: marker.ttl, data: `"${text}"` })),
      ]
      await call(`change ${zone}`, 'PATCH', '', z.unknown(), {
        changes: [
          ...gone.map(({ id }) => ({ delete: { id } })),
          ...(added.length > 0 ? [{ add: { records: added } }] : []),
        ],
        return_all_records: false,
        disallow_new_zone_creation: true,
      })
    },
  }
}

const types = new Set(['A', 'AAAA', 'CNAME', 'NS'])

const nameOf = ({ name }: ScalewayRecord) => name.toLowerCase()

/** The API wraps what it holds in quotes when it is read (DNSControl pull request 4919). */
const dataOf = ({ type, data }: ScalewayRecord) => (type === 'TXT' ? data.replace(/^"(.*)"$/s, '$1') : data)

const refused = z.object({ message: z.string() })

const refusalOf =
  (zone: string) =>
  ({ what, url, method }: HttpCall, status: number, said: string): Fault => {
    // The zone was there when it was read: what is gone is a record that was to be deleted.
    if (status === 404 && method === 'PATCH') return racedFault(zone)
    const why = `${url.host} answered ${status}: ${messageOf(said)}`
    const title = `Scaleway refused to ${what}`
    switch (status) {
      case 401:
        return {
          code: 'dns-key-wrong',
          title,
          why,
          fix: 'see that secret_key in the file of dns.credentials is the secret half of an API key that has not expired',
        }
      case 403:
        return {
          code: 'dns-key-rights',
          title,
          why,
          fix: 'give the key’s application the permission set DomainsDNSFullAccess on the project of the zone',
        }
      case 404:
        return {
          code: 'dns-not-served',
          title,
          why,
          fix: `see that ${zone} is a DNS zone there: console, Domains and DNS`,
        }
      case 429:
        return { code: 'dns-too-many', title, why, fix: 'wait a minute, then run the same command again' }
      default:
        return { code: 'dns-error', title, why, fix: 'run the same command again' }
    }
  }

function messageOf(said: string): string {
  try {
    const read = refused.safeParse(JSON.parse(said))
    if (read.success) return read.data.message
  } catch {}
  return said.slice(0, 200)
}
