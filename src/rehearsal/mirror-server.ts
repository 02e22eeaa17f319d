// Decides what the mirror answers: an HTTP proxy for this machine's Debian archives, which keeps packages, and nothing else but a Python index.
// Leaves the Python index to python-index, and listening to mirror-daemon.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { greeting } from './greeting.ts'
import { keep, keptNameOf, serveKept } from './kept-files.ts'
import { fetchUpstream, openTunnel, passed, refuse, type Upstream } from './mirror-upstream.ts'
import { pypiPath, type PythonConfig, pythonAnswers } from './python-index.ts'

export type MirrorConfig = Upstream & {
  /** Hosts (`name` or `name:port`) that are proxied to, and how each is really reached. */
  archives: readonly { host: string; https: boolean }[]
  /** Directory of kept packages. */
  packages: string
  python: PythonConfig
}

/** Not listening yet. Answers absolute-URI GET and HEAD, CONNECT to port 443, paths below /pypi/, and `GET /` with a greeting. */
export function mirrorServer(config: MirrorConfig): Server {
  const python = pythonAnswers(config.python, config.trust)
  const server = createServer((request, response) => {
    const answered = request.url?.startsWith(pypiPath)
      ? python(request, response)
      : answer(config, request, response)
    answered.catch((error: unknown) => {
      if (response.headersSent) response.destroy()
      else refuse(response, 502, `the archive could not be asked: ${String(error)}`)
    })
  })
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    tunnel(config, request.url ?? '', client, head).catch(() => client.destroy())
  })
  return server
}

const packageType = 'application/vnd.debian.binary-package'

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
  // A package's name holds its version and never changes its content, so its URL is enough to know it by.
  const kept = join(config.packages, keptNameOf(url))
  if (isPackage && (await serveKept(kept, packageType, head, response))) return
  const { answer: upstream } = await fetchUpstream(
    config,
    url,
    head ? 'HEAD' : 'GET',
    wanted(request, isPackage),
  )
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
