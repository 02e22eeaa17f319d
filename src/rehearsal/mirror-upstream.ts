// Decides how the mirror asks an archive: directly, or through the proxy that this machine itself uses; redirects followed.
// Leaves which archives may be asked to mirror-server, and whose certificates count to mirror-trust.
import { Agent, type IncomingMessage, request as requestHttp, type ServerResponse } from 'node:http'
import { request as requestHttps } from 'node:https'
import { isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { agentOf, contextOf } from './mirror-trust.ts'

export type Upstream = {
  /** `http://[user:password@]host:port` or null. */
  proxy: string | null
  /** Files with authorities (PEM) that count besides those that node knows. */
  trust: readonly string[]
}

/** The answer, its body still to be read, and where it is from once redirects were followed. */
export type Answered = { answer: IncomingMessage; at: URL }

const direct = new Agent({ keepAlive: true, maxSockets: 16 })
/** Milliseconds without a byte after which an archive is given up. */
const silence = 60_000
const mostRedirects = 5

/** Rejects when the archive cannot be reached. A login (`authorization`) goes to the host of `url` only. */
export async function fetchUpstream(
  upstream: Upstream,
  url: URL,
  method: 'GET' | 'HEAD',
  headers: Record<string, string>,
  redirects = mostRedirects,
): Promise<Answered> {
  const answer = await ask(upstream, url, method, headers)
  const { location } = answer.headers
  const moved = [301, 302, 303, 307, 308].includes(answer.statusCode ?? 0)
  if (!moved || location === undefined || redirects === 0) return { answer, at: url }
  answer.resume()
  const to = new URL(location, url)
  const { authorization: _, ...anonymous } = headers
  return fetchUpstream(upstream, to, method, to.origin === url.origin ? headers : anonymous, redirects - 1)
}

async function ask(upstream: Upstream, url: URL, method: string, headers: Record<string, string>) {
  const proxy = upstream.proxy === null ? null : new URL(upstream.proxy)
  const common = { method, timeout: silence }
  const made =
    url.protocol === 'https:'
      ? requestHttps(url, {
          ...common,
          headers,
          ...(proxy === null
            ? { agent: agentOf(upstream.trust) }
            : // Without an agent: node passes this by for one, even for `agent: false`, and would connect directly.
              { createConnection: await secured(proxy, url, upstream.trust) }),
        })
      : proxy === null
        ? requestHttp(url, { ...common, headers, agent: direct })
        : requestHttp({
            ...common,
            agent: direct,
            host: bare(proxy.hostname),
            port: proxy.port || 80,
            path: url.href,
            headers: { ...headers, host: url.host, ...credentials(proxy) },
          })
  return new Promise<IncomingMessage>((resolve, reject) => {
    made.on('timeout', () => made.destroy(new Error(`${url.host} is silent`)))
    made.on('error', reject)
    made.on('response', resolve)
    made.end()
  })
}

async function secured(proxy: URL, url: URL, trust: readonly string[]) {
  const socket = await openTunnel(proxy.href, `${url.hostname}:${url.port || 443}`)
  const host = bare(url.hostname)
  // An address is checked against the certificate, but is no name to ask for (RFC 6066 section 3).
  const name = isIP(host) === 0 ? { servername: host } : {}
  return () => connectTls({ socket, host, ...name, secureContext: contextOf(trust) })
}

/** A connection to `target` (`host:port`) through an HTTP proxy (RFC 9110 section 9.3.6). */
export function openTunnel(through: string, target: string): Promise<Socket> {
  const proxy = new URL(through)
  const made = requestHttp({
    method: 'CONNECT',
    host: bare(proxy.hostname),
    port: proxy.port || 80,
    path: target,
    headers: { host: target, ...credentials(proxy) },
    timeout: silence,
  })
  return new Promise((resolve, reject) => {
    made.on('error', reject)
    made.on('timeout', () => made.destroy(new Error('the proxy is silent')))
    made.on('connect', (answer, socket) => {
      if (answer.statusCode === 200) resolve(socket)
      else reject(new Error(`the proxy answers ${answer.statusCode} to CONNECT ${target}`))
    })
    made.end()
  })
}

/** Headers of an answer that are the client's too. */
export function passed(upstream: IncomingMessage): Record<string, string> {
  const names = [
    'content-length',
    'content-type',
    'content-encoding',
    'content-range',
    'last-modified',
    'etag',
    'accept-ranges',
  ]
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = upstream.headers[name]
      return typeof value === 'string' ? [[name, value]] : []
    }),
  )
}

export function refuse(response: ServerResponse, code: number, why: string): void {
  response.writeHead(code, { 'content-type': 'text/plain; charset=utf-8' }).end(`${why}\n`)
}

const bare = (hostname: string) => hostname.replace(/^\[(.*)\]$/, '$1')

function credentials(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {}
  const text = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(text).toString('base64')}` }
}
