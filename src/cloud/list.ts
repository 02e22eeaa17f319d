// Decides how a list of any length is read, page after page, in the three ways the services have for it.
// Leaves what is listed to the services' files.
import { z } from 'zod'
import type { Query, ServiceCall, Session } from './session.ts'

/** Past this many pages a server that always names a next page is taken for broken. */
const mostPages = 1000

const linksSchema = z.array(z.object({ rel: z.string(), href: z.string() }))

/**
 * All items under `key`. The next page is `KEY_links` (Nova, Neutron), `links.next` (Keystone) or `next` (Glance); of it
 * only the query is used, as the host named there is the public one, to which no token of ours should go.
 */
export async function list<T>(
  session: Session,
  call: Omit<ServiceCall, 'method'>,
  key: string,
  item: z.ZodType<T>,
): Promise<T[]> {
  const all: T[] = []
  const schema = z.looseObject({ [key]: z.array(item) })
  let query = call.query ?? {}
  for (let page = 0; page < mostPages; page++) {
    const answer: Record<string, unknown> = await session.call({ ...call, query, method: 'GET' }, schema)
    const items = answer[key] as T[]
    all.push(...items)
    const next = nextOf(answer, key)
    if (next === undefined || items.length === 0) break
    query = queryOf(new URL(next, 'http://next.invalid').searchParams)
  }
  return all
}

function queryOf(params: URLSearchParams): Query {
  return Object.fromEntries([...new Set(params.keys())].map((key) => [key, params.getAll(key)]))
}

function nextOf(page: Record<string, unknown>, key: string): string | undefined {
  const links = linksSchema.safeParse(page[`${key}_links`])
  if (links.success) return links.data.find(({ rel }) => rel === 'next')?.href
  if (typeof page['next'] === 'string') return page['next']
  const keystone = z.object({ next: z.string() }).safeParse(page['links'])
  return keystone.success ? keystone.data.next : undefined
}
