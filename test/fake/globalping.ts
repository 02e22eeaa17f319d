// Decides how a server stands in for Globalping's API: measurements that end after a while, limits, and faults by name.
// Leaves what is asked of it to the tests.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type FakeProbe = { country: string; asn: number; network: string }

/** What a probe does with a target: counts of packets, or why it could not. */
export type Deed = { sent: number; received: number } | { status: 'failed' | 'offline'; words: string }

export type FakeGlobalping = {
  url: string
  /** Bodies of the measurements that were asked for, and the tokens that came with them. */
  asked: { body: Record<string, unknown>; token: string | null }[]
  /** How often each measurement was read, and the smallest pause between two readings in milliseconds. */
  reads: { count: number; smallestPause: number }
  fault:
    | 'invalid'
    | 'no-probes'
    | 'rate-limit'
    | 'server-error'
    | 'broken-json'
    | 'strange'
    | 'hang-up'
    | null
  remaining: number
  close(): Promise<void>
}

const error = (type: string, message: string) => JSON.stringify({ error: { type, message } })

export async function fakeGlobalping(
  probes: readonly FakeProbe[],
  deed: (probe: FakeProbe, target: string, tcpPort: number | undefined) => Deed,
): Promise<FakeGlobalping> {
  const measured = new Map<string, { body: Record<string, unknown>; reads: number }>()
  let lastRead = 0
  const state: FakeGlobalping = {
    url: '',
    asked: [],
    reads: { count: 0, smallestPause: Infinity },
    fault: null,
    remaining: 250,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections()
        server.close(() => done())
      }),
  }

  const create = async (request: IncomingMessage, answer: Answer) => {
    const body = JSON.parse(await textOf(request)) as Record<string, unknown>
    state.asked.push({ body, token: request.headers.authorization ?? null })
    if (state.fault === 'invalid')
      return answer(400, error('validation_error', 'Parameter validation failed.'))
    if (state.fault === 'no-probes') return answer(422, error('no_probes_found', 'No suitable probes found.'))
    if (state.fault === 'rate-limit')
      return answer(429, error('rate_limit_exceeded', 'API rate limit exceeded.'), {
        'retry-after': '1800',
        'x-ratelimit-limit': '250',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': '1800',
      })
    if (state.fault === 'server-error')
      return answer(500, 'Internal Server Error', { 'content-type': 'text/plain' })
    const id = `m${measured.size + 1}`
    measured.set(id, { body, reads: 0 })
    state.remaining -= probes.length
    return answer(202, JSON.stringify({ id, probesCount: probes.length }))
  }

  const show = (id: string, request: IncomingMessage, answer: Answer) => {
    const one = measured.get(id)
    if (!one) return answer(404, error('not_found', 'Couldn’t find the requested item.'))
    const now = performance.now()
    if (one.reads > 0) state.reads.smallestPause = Math.min(state.reads.smallestPause, now - lastRead)
    lastRead = now
    one.reads++
    state.reads.count++
    if (state.fault === 'broken-json') return answer(200, '{"id": "m1", "results": [')
    if (state.fault === 'strange')
      return answer(200, JSON.stringify({ id, status: 'finished', results: 'none' }))
    const etag = `"${one.reads < 2 ? 'begun' : 'ended'}"`
    if (request.headers['if-none-match'] === etag) return answer(304, '')
    const { target, measurementOptions } = one.body as {
      target: string
      measurementOptions?: { port?: number }
    }
    const running = one.reads < 2
    const results = probes.map((probe) => ({
      probe: { continent: 'EU', region: '', state: null, city: '', ...probe, tags: [], resolvers: [] },
      result: running
        ? { status: 'in-progress', rawOutput: '' }
        : resultOf(deed(probe, target, measurementOptions?.port)),
    }))
    const status = running ? 'in-progress' : 'finished'
    return answer(200, JSON.stringify({ id, type: 'ping', target, status, results }), { etag })
  }

  const server = createServer((request, response) => {
    const answer = answerer(response)
    const { method = '', url = '' } = request
    if (state.fault === 'hang-up') return void request.socket.destroy()
    if (method === 'GET' && url === '/v1/limits') {
      const create = { type: 'ip', limit: 250, remaining: state.remaining, reset: 0 }
      return answer(200, JSON.stringify({ rateLimit: { measurements: { create } } }))
    }
    if (method === 'POST' && url === '/v1/measurements') return void create(request, answer)
    const [, id] = /^\/v1\/measurements\/(\w+)$/.exec(url) ?? []
    if (method === 'GET' && id !== undefined) return show(id, request, answer)
    return answer(404, error('not_found', `no ${url} here`))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return state
}

type Answer = (status: number, body: string, headers?: Record<string, string>) => void

const answerer =
  (response: ServerResponse): Answer =>
  (status, body, headers = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(status === 304 ? undefined : body)
  }

function resultOf(deed: Deed) {
  if ('status' in deed) return { status: deed.status, rawOutput: deed.words }
  const { sent, received } = deed
  const avg = received > 0 ? 12.5 : null
  return {
    status: 'finished',
    rawOutput: `PING …\n${sent} packets transmitted, ${received} received`,
    resolvedAddress: null,
    resolvedHostname: null,
    timings: [],
    stats: { min: avg, avg, max: avg, total: sent, rcv: received, drop: sent - received, loss: 0 },
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}
