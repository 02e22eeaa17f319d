// Decides what the mirror answers below /pypi/: pages of this machine's own Python index, and the files that they name, which it keeps.
// It asks upstream itself, so a server needs to trust no authority of this machine's. Leaves rewriting pages to python-page.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip, type Gunzip } from 'node:zlib'
import { keep, keptNameOf, serveKept } from './kept-files.ts'
import { type Answered, fetchUpstream, passed, refuse, type Upstream } from './mirror-upstream.ts'
import { rewritten } from './python-page.ts'
import type { PythonSource } from './python-source.ts'

export type PythonConfig = PythonSource & {
  /** Directory of kept files. */
  files: string
}

export const pypiPath = '/pypi/'
export const simplePath = '/pypi/simple/'
const filesPath = '/pypi/files/'

/** Bytes. The longest pages of PyPI have a few MB. */
const longestPage = 64 * 2 ** 20

/** Names of distributions hold their version, and an index never gives another file by the same address (PEP 658 for `.metadata`). */
const immutable = /\.(whl|egg|zip|tgz|tar\.(gz|bz2|xz))(\.metadata)?$/

type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/**
 * `GET /pypi/simple/NAME/`: the page of a project, its links rewritten. `GET /pypi/files/HOST/PATH`: the file, if HOST is
 * the index's own or was named by a page that went out. 403 for other hosts, 502 with words when upstream does not answer.
 */
export function pythonAnswers(config: PythonConfig, trust: readonly string[]): Answer {
  const index = new URL(config.index)
  const hosts = new Map([[index.host, index.protocol]])
  const ask = async (url: URL, method: 'GET' | 'HEAD', headers: Record<string, string>) => {
    try {
      return await fetchUpstream(upstreamFor(config, trust, url), url, method, {
        ...headers,
        ...(url.origin === index.origin ? login(index) : {}),
      })
    } catch (error) {
      return `${url.host} could not be asked: ${error instanceof Error ? error.message : String(error)}`
    }
  }

  const page = async (name: string, request: IncomingMessage, response: ServerResponse) => {
    const project = projectOf(name)
    if (project === null) return refuse(response, 404, 'no name of a Python project (PEP 508)')
    const url = new URL(`${project}/`, bare(index))
    const got = await ask(url, 'GET', wanted(request, 'application/vnd.pypi.simple.v1+html, text/html;q=0.5'))
    if (typeof got === 'string') return refuse(response, 502, got)
    const text = await pageOf(got)
    if (!text.ok) return refuse(response, text.code, `${index.host}: ${project}: ${text.why}`)
    const made = rewritten(text.html, got.at, project, filesPath)
    for (const [host, protocol] of made.hosts) if (hosts.get(host) !== 'https:') hosts.set(host, protocol)
    const body = Buffer.from(made.html)
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'content-length': body.length })
    response.end(request.method === 'HEAD' ? undefined : body)
  }

  const file = async (path: string, request: IncomingMessage, response: ServerResponse) => {
    const head = request.method === 'HEAD'
    const { host, rest } = placeOf(path)
    const url = URL.canParse(`https://${host}${rest}`) ? new URL(`https://${host}${rest}`) : null
    if (url === null || url.host !== host) return refuse(response, 403, 'no file is named so by the index')
    const kept = join(config.files, keptNameOf(url))
    const keeps = immutable.test(url.pathname)
    if (keeps && (await serveKept(kept, 'application/octet-stream', head, response))) return
    const protocol = hosts.get(host)
    if (protocol === undefined) return refuse(response, 403, `${host} was not named by the index`)
    const from = new URL(`${protocol}//${host}${rest}`)
    const got = await ask(from, head ? 'HEAD' : 'GET', wanted(request, '*/*'))
    if (typeof got === 'string') return refuse(response, 502, got)
    const { answer } = got
    response.writeHead(answer.statusCode ?? 502, passed(answer))
    const whole = answer.statusCode === 200 && answer.headers['content-encoding'] === undefined
    if (keeps && !head && whole) await keep(answer, response, kept)
    else await pipeline(answer, response)
  }

  return async (request, response) => {
    const target = request.url ?? ''
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, 405, 'GET and HEAD only')
    if (target.startsWith(filesPath)) return file(target.slice(filesPath.length), request, response)
    if (!target.startsWith(simplePath)) return refuse(response, 404, `the index is at ${simplePath}`)
    const name = target
      .slice(simplePath.length)
      .replace(/[?#].*$/, '')
      .replace(/\/$/, '')
    // The list of all projects has 40 MB at PyPI, and pip never asks for it.
    if (name === '') return void response.end('a Python index of projects by name\n')
    return page(name, request, response)
  }
}

/** The index without the login in it: relative addresses would carry it on. */
function bare(index: URL): URL {
  const url = new URL(index)
  url.username = ''
  url.password = ''
  return url
}

function login({ username, password }: URL): Record<string, string> {
  if (username === '') return {}
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { authorization: `Basic ${Buffer.from(text).toString('base64')}` }
}

/** What is kept must be whole and as it is, so neither part nor compression is asked for; RFC 9110 section 14.2 lets the whole stand for a part. */
function wanted(request: IncomingMessage, accept: string): Record<string, string> {
  const agent = request.headers['user-agent']
  return { accept, 'accept-encoding': 'identity', ...(agent === undefined ? {} : { 'user-agent': agent }) }
}

function upstreamFor(config: PythonSource, trust: readonly string[], { hostname }: URL): Upstream {
  const around = config.direct.some(
    (name) => name === '*' || hostname === name || hostname.endsWith(`.${name}`),
  )
  return { proxy: around ? null : config.proxy, trust }
}

/** Normalised (PEP 503); null for what cannot be a name, above all for what would lead to other paths of the index. */
export function projectOf(text: string): string | null {
  const name = unescaped(text)
  return /^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i.test(name)
    ? name.toLowerCase().replaceAll(/[-_.]+/g, '-')
    : null
}

function placeOf(path: string): { host: string; rest: string } {
  const slash = path.indexOf('/')
  return slash < 0
    ? { host: '', rest: '' }
    : { host: unescaped(path.slice(0, slash)), rest: path.slice(slash) }
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

type Text = { ok: true; html: string } | { ok: false; code: number; why: string }

async function pageOf({ answer }: Answered): Promise<Text> {
  const { statusCode = 502, headers } = answer
  const refused = (code: number, why: string): Text => {
    answer.resume()
    return { ok: false, code, why }
  }
  if (statusCode === 404) return refused(404, 'there is no such project')
  if (statusCode !== 200) return refused(502, `the index answers ${statusCode}`)
  if (headers['content-type']?.includes('json'))
    return refused(502, 'the index answers in JSON, and HTML was asked for')
  const body = headers['content-encoding'] === 'gzip' ? unpacked(answer) : answer
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of body as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > longestPage) return refused(502, 'its page does not end')
    parts.push(part)
  }
  return { ok: true, html: Buffer.concat(parts).toString('utf8') }
}

/** A page that is cut short ends it with an error. */
function unpacked(answer: IncomingMessage): Gunzip {
  const gunzip = createGunzip()
  pipeline(answer, gunzip).catch(() => {})
  return gunzip
}
