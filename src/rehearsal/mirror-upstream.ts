// Decides how the mirror asks an archive: directly, or through the proxy that this machine's own apt uses; redirects followed.
// Leaves which archives may be asked to mirror-server.
import { Agent, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

export type Upstream = {
  /** `http://[user:password@]host:port` or null. */
  proxy: string | null
}

const direct = new Agent({ keepAlive: true, maxSockets: 16 })
/** Milliseconds without a byte after which an archive is given up. */
const silence = 60_000
const mostRedirects = 5

/** The archive's answer, its body still to be read. Rejects when it cannot be reached. */
export async function fetchUpstream(
  upstream: Upstream,
  url: URL,
  method: 'GET' | 'HEAD',
  headers: Record<string, string>,
  redirects = mostRedirects,
): Promise<IncomingMessage> {
  const answer = await ask(upstream, url, method, headers)
  const { location } = answer.headers
  const moved = [301, 302, 303, 307, 308].includes(answer.statusCode ?? 0)
  if (!moved || location === undefined || redirects === 0) return answer
  answer.resume()
  return fetchUpstream(upstream, new URL(location, url), method, headers, redirects - 1)
}

async function ask(upstream: Upstream, url: URL, method: string, headers: Record<string, string>) {
  const proxy = upstream.proxy === null ? null : new URL(upstream.proxy)
  const common = { method, timeout: silence }
  const made =
    url.protocol === 'https:'
      ? requestHttps(url, {
          ...common,
          headers,
          ...(proxy === null ? {} : { agent: false, createConnection: await secured(proxy, url) }),
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

async function secured(proxy: URL, url: URL) {
  const socket = await openTunnel(proxy.href, `${url.hostname}:${url.port || 443}`)
  return () => connectTls({ socket, servername: url.hostname })
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

const bare = (hostname: string) => hostname.replace(/^\[(.*)\]$/, '$1')

function credentials(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {}
  const text = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(text).toString('base64')}` }
}
