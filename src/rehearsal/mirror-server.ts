// Decides what the mirror answers: an HTTP proxy for this machine's Debian archives and nothing else, which keeps packages.
// Leaves listening to mirror-daemon.
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { basename, join } from 'node:path'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { greeting } from './greeting.ts'
import { fetchUpstream, openTunnel, type Upstream } from './mirror-upstream.ts'

export type MirrorConfig = Upstream & {
  /** Hosts (`name` or `name:port`) that are proxied to, and how each is really reached. */
  archives: readonly { host: string; https: boolean }[]
  /** Directory of kept packages. */
  packages: string
}

/** Not listening yet. Answers absolute-URI GET and HEAD, CONNECT to port 443, and `GET /` with a greeting. */
export function mirrorServer(config: MirrorConfig): Server {
  const server = createServer((request, response) => {
    answer(config, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else refuse(response, 502, `the archive could not be asked: ${String(error)}`)
    })
  })
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    tunnel(config, request.url ?? '', client, head).catch(() => client.destroy())
  })
  return server
}

async function answer(
  config: MirrorConfig,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const target = request.url ?? '/'
  const head = request.method === 'HEAD'
  if (!head && request.method !== 'GET') return refuse(response, 405, 'GET, HEAD and CONNECT only')
  if (target === '/') return void response.end(greeting)
  const url = URL.canParse(target) ? new URL(target) : null
  const archive = config.archives.find(({ host }) => host === url?.host)
  if (url === null || archive === undefined)
    return refuse(response, 403, `${url?.host ?? target} is not an archive of this machine's apt`)
  if (archive.https) url.protocol = 'https:'

  const isPackage = url.pathname.endsWith('.deb')
  const kept = join(config.packages, nameOf(url))
  if (isPackage && (await serveKept(kept, head, response))) return
  const upstream = await fetchUpstream(config, url, head ? 'HEAD' : 'GET', wanted(request, isPackage))
  response.writeHead(upstream.statusCode ?? 502, passed(upstream))
  if (isPackage && !head && upstream.statusCode === 200) await keep(upstream, response, kept)
  else await pipeline(upstream, response)
}

/** A package is asked for whole, as it is going to be kept; apt accepts the whole for a part. */
function wanted(request: IncomingMessage, whole: boolean): Record<string, string> {
  const names = [
    'accept',
    'user-agent',
    'cache-control',
    ...(whole ? [] : ['range', 'if-range', 'if-modified-since']),
  ]
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = request.headers[name]
      return typeof value === 'string' ? [[name, value]] : []
    }),
  )
}

function passed(upstream: IncomingMessage): Record<string, string> {
  const names = ['content-length', 'content-type', 'content-range', 'last-modified', 'etag', 'accept-ranges']
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = upstream.headers[name]
      return typeof value === 'string' ? [[name, value]] : []
    }),
  )
}

/** A package's name holds its version and never changes its content, so its URL is enough to know it by. */
function nameOf(url: URL): string {
  const digest = createHash('sha256')
    .update(url.host + url.pathname)
    .digest('hex')
    .slice(0, 24)
  return `${digest}-${basename(url.pathname)
    .replaceAll(/[^\w.+~%-]/g, '_')
    .slice(-180)}`
}

async function serveKept(path: string, head: boolean, response: ServerResponse): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  if (found === null) return false
  response.writeHead(200, {
    'content-length': found.size,
    'content-type': 'application/vnd.debian.binary-package',
  })
  if (head) response.end()
  else await pipeline(createReadStream(path), response)
  return true
}

/** Gives the body to the client and to a file, which gets its name only once it is whole. A client that leaves does not cut the file. */
async function keep(upstream: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const part = `${path}.${randomUUID()}.part`
  await mkdir(join(path, '..'), { recursive: true })
  const file = createWriteStream(part)
  response.on('close', () => upstream.unpipe(response).resume())
  upstream.pipe(response)
  try {
    await pipeline(upstream, file)
    if (String(file.bytesWritten) !== upstream.headers['content-length']) throw new Error('cut short')
    await rename(part, path)
  } catch (error) {
    response.destroy()
    await rm(part, { force: true })
    throw error
  }
}

async function tunnel(config: MirrorConfig, target: string, client: Duplex, head: Buffer): Promise<void> {
  const host = target.replace(/:443$/, '')
  if (!target.endsWith(':443') || !config.archives.some((archive) => archive.host === host)) {
    client.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')
    return
  }
  const far = config.proxy === null ? connect(443, host) : await openTunnel(config.proxy, target)
  client.write('HTTP/1.1 200 Connection established\r\n\r\n')
  far.write(head)
  await Promise.all([pipeline(client, far), pipeline(far, client)])
}

function refuse(response: ServerResponse, code: number, why: string): void {
  response.writeHead(code, { 'content-type': 'text/plain' }).end(`${why}\n`)
}
