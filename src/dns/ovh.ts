// Decides how a zone is read and changed by OVH's API (1.0): signed calls, a record at a time, and a refresh at the end.
// Leaves what to change to diff.
import { createHash } from 'node:crypto'
import pLimit from 'p-limit'
import { z } from 'zod'
import type { Fault } from '../core/fault.ts'
import type { Secret } from '../core/secret.ts'
import { callJson, type HttpCall, type HttpDeps } from './http.ts'
import { markerName, readMarker } from './marker.ts'
import { normalData, type RecordType, rrsetsOf } from './record.ts'
import { type Batch, type Change, racedFault, type Snapshot, type ZoneHand } from './zone.ts'

export type OvhKeys = { applicationKey: string; applicationSecret: Secret; consumerKey: Secret }

export type Ovh = Omit<HttpDeps, 'refusal' | 'hide'> & {
  zone: string
  /** No slash at its end. */
  api: string
  keys: OvhKeys
}

export const ovhApi = 'https://eu.api.ovh.com/1.0'

/** GET /domain/zone/{zone}/record/{id}. The subdomain of the zone itself is empty; a TTL of 0 is the zone's own. */
const record = z.object({
  id: z.number(),
  fieldType: z.string(),
  subDomain: z.string().nullish(),
  target: z.string(),
  ttl: z.number().default(0),
})
type OvhRecord = z.infer<typeof record>

const types = ['A', 'AAAA', 'CNAME', 'NS', 'TXT'] as const satisfies readonly RecordType[]

/**
 * The API gives ids and then one record a call, and its keepers ask for few at once (kubernetes-sigs/external-dns pull
 * request 3026). There are no conditional changes and no transactions: the marker is widened first and narrowed last, so
 * that after a cut every record of ours is still known as ours.
 */
const callsAtOnce = 6

export function ovhZone(input: Ovh): ZoneHand {
  const { zone, api, keys } = input
  const limit = pLimit(callsAtOnce)
  const deps: HttpDeps = {
    ...input,
    hide: [keys.applicationSecret, keys.consumerKey],
    refusal: refusalOf(zone),
  }
  const drift = driftOf(api, deps)
  const base = `${api}/domain/zone/${zone}`
  let known: OvhRecord[] = []

  async function call<T>(
    what: string,
    method: HttpCall['method'],
    path: string,
    schema: z.ZodType<T>,
    json?: object,
  ): Promise<T> {
    const url = new URL(base + path)
    const body = json === undefined ? '' : JSON.stringify(json)
    const offset = await drift()
    const headers = () => {
      const time = Math.floor((deps.clock.now() + offset) / 1000)
      return {
        'x-ovh-application': keys.applicationKey,
        'x-ovh-consumer': keys.consumerKey.reveal(),
        'x-ovh-timestamp': String(time),
        'x-ovh-signature': sign(keys, method, url.href, body, time),
        ...(json === undefined ? {} : { 'content-type': 'application/json;charset=utf-8' }),
      }
    }
    const repeatable = method !== 'POST' || path === '/refresh'
    return callJson(
      { what, method, url, headers, repeatable, ...(json === undefined ? {} : { body }) },
      deps,
      schema,
    )
  }

  const put = (subDomain: string, type: string, data: string, ttl: number) =>
    call(`add ${type} ${subDomain}.${zone}`, 'POST', '/record', z.unknown(), {
      fieldType: type,
      subDomain,
      target: type === 'TXT' ? `"${data}"` : data,
      ttl,
    })
  const alter = (one: OvhRecord, data: string, ttl: number) =>
    call(`change ${one.fieldType} ${one.subDomain}.${zone}`, 'PUT', `/record/${one.id}`, z.unknown(), {
      subDomain: one.subDomain,
      target: one.fieldType === 'TXT' ? `"${data}"` : data,
      ttl,
    })
  const drop = (one: OvhRecord) =>
    call(`remove ${one.fieldType} ${one.subDomain}.${zone}`, 'DELETE', `/record/${one.id}`, z.unknown())
  /** All are waited for, also when one fails: what is under way must not change a zone that is being read again. */
  async function all(tasks: (() => Promise<unknown>)[]): Promise<void> {
    const ended = await Promise.allSettled(tasks.map((task) => limit(task)))
    const failed = ended.find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
  }

  return {
    zone,
    kind: 'forward',
    where: new URL(api).host,
    limits: { names: Number.MAX_SAFE_INTEGER, text: 255 },
    async read(course, wanted): Promise<Snapshot> {
      const what = `list the records of ${zone}`
      const ids = await Promise.all(
        types.map((type) => limit(() => call(what, 'GET', `/record?fieldType=${type}`, z.array(z.number())))),
      )
      known = await Promise.all(
        ids.flat().map((id) => limit(() => call(what, 'GET', `/record/${id}`, record))),
      )
      const lines = known.filter((one) => one.fieldType === 'TXT' && nameOf(one) === markerName(course))
      const held = readMarker(course, lines.map(dataOf))
      const names = new Set([...wanted, ...held])
      const here = known.filter((one) => one.fieldType !== 'TXT' && names.has(nameOf(one)))
      return {
        marker: { ttl: lines[0]?.ttl ?? 0, texts: lines.map(dataOf) },
        held,
        found: rrsetsOf(
          here.map((one) => ({
            name: nameOf(one),
            type: one.fieldType as RecordType,
            ttl: one.ttl,
            data: dataOf(one),
          })),
        ),
        negative: null,
      }
    },
    async apply({ marker, changes }: Batch) {
      const lines = known.filter((one) => one.fieldType === 'TXT' && nameOf(one) === marker.name)
      const added = marker.now.filter((text) => !marker.was.includes(text))
      await all(added.map((text) => () => put(marker.name, 'TXT', text, marker.ttl)))
      await all(changes.flatMap(tasksOf))
      const kept = lines.filter((one) => marker.now.includes(dataOf(one)))
      await all(lines.filter((one) => !kept.includes(one)).map((one) => () => drop(one)))
      const stale = kept.filter((one) => one.ttl !== marker.ttl)
      await all(stale.map((one) => () => alter(one, dataOf(one), marker.ttl)))
      await call(`publish ${zone}`, 'POST', '/refresh', z.unknown())
    },
  }

  /** Records that are there are used again, so that a name that changes is never without an address. */
  function tasksOf({ name, type, now }: Change): (() => Promise<unknown>)[] {
    const spare = known.filter((one) => one.fieldType === type && nameOf(one) === name)
    const ttl = now?.ttl ?? 0
    const missing = (now?.data ?? []).filter((data) => {
      const at = spare.findIndex((one) => dataOf(one) === data && one.ttl === ttl)
      if (at >= 0) spare.splice(at, 1)
      return at < 0
    })
    const tasks = missing.map((data) => {
      const one = spare.shift()
      return () => (one ? alter(one, data, ttl) : put(name, type, data, ttl))
    })
    return [...tasks, ...spare.map((one) => () => drop(one))]
  }
}

const nameOf = ({ subDomain }: OvhRecord) => (subDomain ?? '').toLowerCase()

/** Texts come back with quotes round them, whether they were sent so or not (DNSControl pull request 1582). */
const dataOf = ({ fieldType, target }: OvhRecord) =>
  fieldType === 'TXT' ? target.replace(/^"(.*)"$/s, '$1') : normalData(fieldType as RecordType, target)

/** `$1$` and SHA-1 in hexadecimal of the parts with `+` between them (docs.ovh.com, First steps with the API; ovh/go-ovh). */
export function sign(
  keys: Pick<OvhKeys, 'applicationSecret' | 'consumerKey'>,
  method: string,
  url: string,
  body: string,
  time: number,
): string {
  const parts = [keys.applicationSecret.reveal(), keys.consumerKey.reveal(), method, url, body, time]
  return `$1$${createHash('sha1').update(parts.join('+')).digest('hex')}`
}

/** Milliseconds that OVH's clock is ahead, asked once: a signature with another time is refused. */
function driftOf(api: string, deps: HttpDeps): () => Promise<number> {
  let asked: Promise<number> | undefined
  const what = 'ask for the time'
  const call: HttpCall = {
    what,
    method: 'GET',
    url: new URL(`${api}/auth/time`),
    headers: () => ({}),
    repeatable: true,
  }
  return () =>
    (asked ??= callJson(call, deps, z.number())
      .then((seconds) => seconds * 1000 - deps.clock.now())
      .catch((error: unknown) => {
        asked = undefined
        throw error
      }))
}

const refused = z.object({ message: z.string().default(''), errorCode: z.string().default('') })

/** `errorCode` as OVH's own client tells them apart (ovh/python-ovh, client.py). */
const refusalOf =
  (zone: string) =>
  ({ what, url, method }: HttpCall, status: number, said: string): Fault => {
    // The zone was there when it was read: what is gone is the record, by somebody else or by a call whose answer was lost.
    if (status === 404 && (method === 'PUT' || method === 'DELETE')) return racedFault(zone)
    const read = refused.safeParse(jsonOf(said))
    const { message, errorCode } = read.success ? read.data : { message: said.slice(0, 200), errorCode: '' }
    const why = `${url.host} answered ${status}${errorCode ? ` ${errorCode}` : ''}: ${message}`
    const rights = ['GET', 'POST', 'PUT', 'DELETE']
      .map((method) => `${method} /domain/zone/${zone}/*`)
      .join(', ')
    const title = `OVH refused to ${what}`
    if (errorCode === 'NOT_GRANTED_CALL')
      return {
        code: 'dns-key-rights',
        title,
        why,
        fix: `make a key with these rights at https://eu.api.ovh.com/createToken/: ${rights}`,
      }
    if (
      status === 401 ||
      ['INVALID_KEY', 'INVALID_CREDENTIAL', 'NOT_CREDENTIAL'].includes(errorCode) ||
      /signature/i.test(message)
    )
      return {
        code: 'dns-key-wrong',
        title,
        why,
        fix: 'see that the file of dns.credentials has the three keys of one application, and that the consumer key has not expired',
      }
    if (status === 404)
      return {
        code: 'dns-not-served',
        title,
        why,
        fix: `see that ${zone} is a DNS zone of this account, in OVH's control panel under Domain names`,
      }
    if (status === 429)
      return { code: 'dns-too-many', title, why, fix: 'wait a minute, then run the same command again' }
    return { code: 'dns-error', title, why, fix: 'run the same command again' }
  }

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
