// Decides how the fake cloud is reached (a Unix socket for each service), who is let in, and which faults it has.
// Leaves the services to their files and what they remember to state.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beyond, through } from './beyond.ts'
import { keystoneDay, neutronDay, novaDay } from './day.ts'
import { cinder } from './cinder.ts'
import { glance } from './glance.ts'
import { keystone } from './keystone.ts'
import { neutron } from './neutron.ts'
import { nova } from './nova.ts'
import { refusalOf } from './policy.ts'
import { type Ask, refuse, type Reply, type Service, State } from './state.ts'

/** What can be wrong with a cloud. Each is asked at every call, with how many calls there were before it. */
export type Faults = {
  /** Answers 503 instead of doing it. */
  unavailable: (call: number) => boolean
  /** Does it, and answers 503. */
  unavailableAfter: (call: number) => boolean
  /** Does it, and drops the connection without an answer. */
  lost: (call: number) => boolean
  /** Forgets all tokens. */
  expired: (call: number) => boolean
  /** Closes the connection after the answer without having said so, as uWSGI's http-socket does. */
  closing: boolean
  /** Anything else, just before a call is answered. */
  before?: (call: number) => void
  /** Dead from this write on (counted from 0); `after`: that write is done, but not answered. */
  cut: { write: number; after: boolean } | undefined
  /** Walls between students (policy.ts, beyond.ts) that do not hold. */
  open: ReadonlySet<string>
}

const services: Record<string, { root: string; service: Service }> = {
  '5000': { root: '/v3', service: (state, ask) => keystoneDay(state, ask) ?? keystone(state, ask) },
  '8774': { root: '/v2.1', service: (state, ask) => novaDay(state, ask) ?? nova(state, ask) },
  '9696': { root: '/v2.0', service: (state, ask) => neutronDay(state, ask) ?? neutron(state, ask) },
  '9292': { root: '/v2', service: glance },
  '8776': { root: '/v3', service: cinder },
}
const types: Record<string, string> = {
  '5000': 'identity',
  '8774': 'compute',
  '9696': 'network',
  '9292': 'image',
  '8776': 'block-storage',
}

export class FakeCloud {
  readonly state = new State()
  readonly calls: string[] = []
  writes = 0
  faults: Faults = {
    unavailable: () => false,
    unavailableAfter: () => false,
    lost: () => false,
    expired: () => false,
    closing: false,
    cut: undefined,
    open: new Set(),
  }
  readonly #dir = mkdtempSync(join(tmpdir(), 'bateau-fake-'))
  readonly #tokens = new Map<string, Ask['as']>()
  /** Where it listens besides its socket, and under which paths, as DevStack does: `http://[::1]:PORT/identity`. */
  address: string | undefined
  #tcp: Server | undefined
  readonly #servers = new Map<string, Server>()
  /** Of the services that it has. */
  readonly #ports: readonly string[]

  /** `volumes`: with block storage. */
  constructor({ volumes = false } = {}) {
    this.#ports = Object.keys(services).filter((port) => volumes || types[port] !== 'block-storage')
  }

  /** Unix sockets by port, as `ssh -L` would give them. */
  get sockets(): Map<number, string> {
    return new Map(this.#ports.map((port) => [Number(port), this.#socket(port)]))
  }
  async start(): Promise<this> {
    await Promise.all(this.#ports.map((port) => this.up(port)))
    return this
  }
  /** As a cloud that anybody reaches: on a port of this machine. */
  async listen(): Promise<string> {
    const server = createServer((request, response) => void this.#serve(request, response))
    await new Promise<void>((started) => server.listen(0, '::1', started))
    this.#tcp = server
    this.address = `http://[::1]:${(server.address() as AddressInfo).port}`
    return this.address
  }
  async stop(): Promise<void> {
    this.#tcp?.closeAllConnections()
    await new Promise((stopped) => (this.#tcp ? this.#tcp.close(stopped) : stopped(undefined)))
    await Promise.all([...this.#servers.keys()].map((port) => this.down(port)))
    rmSync(this.#dir, { recursive: true, force: true })
  }

  /** A service that is restarted: its connections break, and new ones are refused until it is up again. */
  async down(port: string): Promise<void> {
    const server = this.#servers.get(port)
    this.#servers.delete(port)
    server?.closeAllConnections()
    await new Promise((stopped) => (server ? server.close(stopped) : stopped(undefined)))
  }
  async up(port: string): Promise<void> {
    if (this.#servers.has(port)) return
    const server = createServer((request, response) => void this.#serve(request, response))
    this.#servers.set(port, server)
    await new Promise<void>((started) => server.listen(this.#socket(port), started))
  }

  #socket(port: string): string {
    return join(this.#dir, port)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const raw = Buffer.concat(chunks)
    const url = this.#urlOf(request)
    const method = request.method ?? 'GET'
    const login = url.pathname === '/v3/auth/tokens'
    const writes = method !== 'GET' && !login && !raw.includes('os-getConsoleOutput')
    const call = this.calls.length
    const { faults } = this
    const cut = faults.cut
    if (cut && (this.writes > cut.write || (this.writes === cut.write && writes && !cut.after)))
      return void request.socket.destroy()
    this.calls.push(`${method} ${url.port}${url.pathname}`)
    faults.before?.(call)
    if (faults.expired(call)) this.#tokens.clear()
    if (faults.unavailable(call))
      return send(response, { ...refuse(503, 'busy'), headers: { 'retry-after': '1' } })
    if (writes) this.writes++
    const reply = login ? this.#login(JSON.parse(raw.toString())) : this.#ask(request, url, method, raw)
    if (faults.lost(call) || (cut && this.writes > cut.write)) return void request.socket.destroy()
    send(response, faults.unavailableAfter(call) ? refuse(503, 'busy') : reply)
    if (faults.closing) response.on('finish', () => request.socket.destroy())
  }

  /** With the port of the service, whichever way it was called. */
  #urlOf({ url: path = '/', headers }: IncomingMessage): URL {
    const [, type = ''] = path.split('/')
    const port = Object.keys(types).find((one) => types[one] === type)
    return port === undefined
      ? new URL(path, `http://${headers.host}`)
      : new URL(path.slice(type.length + 1), `http://[::1]:${port}`)
  }

  #ask(request: IncomingMessage, url: URL, method: string, raw: Buffer): Reply {
    const as = this.#tokens.get(String(request.headers['x-auth-token']))
    if (!as) return refuse(401, 'The request you have made requires authentication.')
    const { root, service } = services[url.port] ?? { root: '', service: () => undefined }
    if (!url.pathname.startsWith(`${root}/`)) return refuse(404, `no ${url.pathname} on ${url.port}`)
    const json = request.headers['content-type'] === 'application/json'
    const ask: Ask = {
      method,
      path: url.pathname.slice(root.length),
      query: url.searchParams,
      body: json ? JSON.parse(raw.toString()) : {},
      bytes: raw.length,
      as,
    }
    const { open } = this.faults
    const refusal = refusalOf(this.state, url.port, ask)
    if (refusal && !open.has(refusal.wall)) return refusal.reply
    const passed = refusal ? through(this.state, url.port, ask) : undefined
    const farther = () => beyond(this.state, url.port, ask, open)
    const nearer = () => service(this.state, ask)
    // What an administrator changes the services' own files know best.
    const reply = passed ?? (as.admin && method !== 'GET' ? (nearer() ?? farther()) : (farther() ?? nearer()))
    return reply ?? refuse(404, `the fake cloud has no ${method} ${url.pathname}`)
  }

  #login({
    auth,
  }: {
    auth: {
      identity: { password?: { user: { name: string; password: string } }; token?: { id: string } }
      scope: { project: { name?: string; id?: string } }
    }
  }): Reply {
    const { password: by, token: from } = auth.identity
    const before = this.#tokens.get(from?.id ?? '')?.userId
    const user = this.state.users.find((one) =>
      by
        ? one.name === by.user.name && this.state.passwords.get(one.id) === by.user.password && one['enabled']
        : one.id === before,
    )
    const name = user?.name
    const { project: scope } = auth.scope
    const project = this.state.projects.find((one) => one.name === scope.name || one.id === scope.id)
    const member = this.state.assignments.some((one) => one.user === user?.id && one.project === project?.id)
    if (!user || !project || !member) return refuse(401, 'The request you have made requires authentication.')
    const token = `token-${this.state.id()}`
    this.#tokens.set(token, { userId: user.id, projectId: project.id, admin: name === 'admin' })
    const catalog = this.#ports.map((port) => ({
      type: types[port],
      endpoints: [
        {
          interface: 'public',
          region_id: 'RegionOne',
          url: `${this.address ?? 'https://[2001:2::1]'}/${types[port]}`,
        },
        {
          interface: 'internal',
          region_id: 'RegionOne',
          url: `http://[::1]:${port}${types[port] === 'compute' ? '/v2.1' : ''}`,
        },
      ],
    }))
    const body = {
      token: {
        expires_at: '2100-01-01T00:00:00.000000Z',
        user: { id: user.id },
        project: { id: project.id },
        roles: this.state.assignments
          .filter((one) => one.user === user.id && one.project === project.id)
          .map(({ role }) => ({ name: this.state.roles.find(({ id }) => id === role)?.name })),
        catalog,
      },
    }
    return { status: 201, body, headers: { 'x-subject-token': token } }
  }
}

function send(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(body === undefined ? undefined : JSON.stringify(body))
}
