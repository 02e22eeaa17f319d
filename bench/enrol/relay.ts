// Decides how calls to a cloud are counted: relays of this machine before each of its APIs, named in the catalogue in their place.
// Leaves who calls to the contestants. Each request is passed on over a connection of its own: some servers close after an answer.
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import { request as askTls } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

export type Counted = {
  /** `POST network/ports` */
  kind: string
  status: number
  seconds: number
}

/** An endpoint of the catalogue. */
export type Endpoint = { type: string; url: string }

export class Relay {
  readonly calls: Counted[] = []
  readonly #servers: { origin: string; port: number; close: () => void }[] = []
  readonly #endpoints: readonly Endpoint[]
  readonly #ca: string | null

  private constructor(endpoints: readonly Endpoint[], ca: string | null) {
    this.#endpoints = endpoints
    this.#ca = ca
  }

  /** `ca`: PEM of the authority of a cloud behind TLS. */
  static async open(endpoints: readonly Endpoint[], ca: string | null): Promise<Relay> {
    const relay = new Relay(endpoints, ca)
    for (const origin of new Set(endpoints.map(({ url }) => new URL(url).origin))) await relay.#listen(origin)
    return relay
  }

  /** The same address, by way of the relay. */
  via(url: string): string {
    const { origin } = new URL(url)
    const found = this.#servers.find((one) => one.origin === origin)
    return found === undefined ? url : url.replace(origin, `http://127.0.0.1:${found.port}`)
  }

  close(): void {
    for (const { close } of this.#servers) close()
  }

  async #listen(origin: string): Promise<void> {
    const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
      this.#pass(origin, incoming, outgoing).catch(() => outgoing.destroy())
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const { port } = server.address() as AddressInfo
    const close = () => {
      server.closeAllConnections()
      server.close()
    }
    this.#servers.push({ origin, port, close })
  }

  async #pass(origin: string, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const began = performance.now()
    const body = await text(incoming)
    const url = new URL(incoming.url ?? '/', origin)
    const { connection: _, 'accept-encoding': __, 'transfer-encoding': ___, ...headers } = incoming.headers
    const answer = await new Promise<IncomingMessage>((answered, failed) => {
      const call = (url.protocol === 'https:' ? askTls : ask)(
        url,
        {
          method: incoming.method,
          headers: { ...headers, host: url.host, 'content-length': Buffer.byteLength(body) },
          agent: false,
          ...(this.#ca === null ? {} : { ca: this.#ca }),
        },
        answered,
      )
      call.on('error', failed)
      call.end(body)
    })
    const whole = await text(answer)
    const status = answer.statusCode ?? 0
    const seconds = (performance.now() - began) / 1_000
    this.calls.push({ kind: `${incoming.method ?? ''} ${this.#kindOf(url)}`, status, seconds })
    const { 'transfer-encoding': ____, connection: _____, 'content-length': length, ...said } = answer.headers
    const rewritten = this.#rewrite(whole)
    const sized =
      length === undefined && whole === '' ? {} : { 'content-length': Buffer.byteLength(rewritten) }
    const place = said.location === undefined ? {} : { location: this.#rewrite(said.location) }
    outgoing.writeHead(status, { ...said, ...place, ...sized })
    outgoing.end(incoming.method === 'HEAD' ? undefined : rewritten)
  }

  /** Addresses of the cloud in an answer: the catalogue's, and links to further pages. */
  #rewrite(whole: string): string {
    let rewritten = whole
    for (const { origin, port } of this.#servers)
      rewritten = rewritten.replaceAll(origin, `http://127.0.0.1:${port}`)
    return rewritten
  }

  /** The service, and the path without ids, names and version. */
  #kindOf(url: URL): string {
    const all = this.#endpoints.filter((one) => url.href.startsWith(one.url.replace(/\/v\d.*$/, '')))
    const [first] = all.toSorted((a, b) => b.url.length - a.url.length)
    const path = url.pathname
      .replace(/^.*?\/v\d(\.\d+)?(?=\/|$)/, '')
      .split('/')
      .filter((part) => part !== '')
      .filter((part) => !/^[0-9a-f]{32}$|^[0-9a-f-]{36}$/.test(part))
    return `${first?.type ?? url.origin}/${path.slice(0, 3).join('/')}`
  }
}

/** Calls and seconds by kind, the longest first. */
export function byKind(calls: readonly Counted[]): { kind: string; calls: number; seconds: number }[] {
  const kinds = new Map<string, { calls: number; seconds: number }>()
  for (const { kind, seconds } of calls) {
    const before = kinds.get(kind) ?? { calls: 0, seconds: 0 }
    kinds.set(kind, { calls: before.calls + 1, seconds: before.seconds + seconds })
  }
  return [...kinds].map(([kind, one]) => ({ kind, ...one })).toSorted((a, b) => b.seconds - a.seconds)
}

export const isWrite = ({ kind }: Counted): boolean => !/^(GET|HEAD) |auth\/tokens/.test(kind)
