// Decides how a provider's API is stood in for: an HTTP server of this machine that counts calls and turns some away.
// Leaves what it answers to the providers' files.
import { createServer, type IncomingMessage } from 'node:http'

export type ApiCall = {
  method: string
  /** As the client wrote it, with host and query: what a signature is made of. */
  href: string
  url: URL
  headers: IncomingMessage['headers']
  body: string
}
export type ApiReply = { status: number; json?: unknown; headers?: Record<string, string> }

export class FakeApi {
  readonly calls: string[] = []
  /** Asked at each call with how many there were before it; a reply is given instead of doing anything. */
  instead: (call: number, what: string) => ApiReply | undefined = () => undefined
  /** As `instead`, but it is done all the same and the connection then dropped. */
  lost: (call: number, what: string) => boolean = () => false
  readonly #answer: (call: ApiCall) => ApiReply
  readonly #server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const href = `http://${request.headers.host}${request.url}`
      const url = new URL(href)
      const method = request.method ?? ''
      const what = `${method} ${url.pathname}`
      const count = this.calls.push(what) - 1
      const body = Buffer.concat(chunks).toString()
      const reply =
        this.instead(count, what) ?? this.#answer({ method, href, url, headers: request.headers, body })
      if (this.lost(count, what)) return void request.socket.destroy()
      response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
      response.end(reply.json === undefined ? '' : JSON.stringify(reply.json))
    })
  })

  constructor(answer: (call: ApiCall) => ApiReply) {
    this.#answer = answer
  }

  /** Base of its addresses: `http://127.0.0.1:PORT`. */
  get base(): string {
    const address = this.#server.address()
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  }
  get writes(): string[] {
    return this.calls.filter((call) => !call.startsWith('GET '))
  }
  async start(): Promise<this> {
    await new Promise<void>((started) => this.#server.listen(0, '127.0.0.1', started))
    return this
  }
  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((stopped) => this.#server.close(stopped))
  }
}
