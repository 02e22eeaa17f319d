// Decides how calls carry a token: one log-in for many calls, renewed before its end and when the cloud refuses it.
// Leaves repeats and time limits to exchange, and what is called to the services' files.
import { setMaxListeners } from 'node:events'
import { z } from 'zod'
import { Trouble } from '../core/fault.ts'
import { redact, Secret } from '../core/secret.ts'
import {
  type Catalogue,
  catalogueSchema,
  type Choice,
  endpointOf,
  isThere,
  onlyRegion,
  type Service,
} from './catalogue.ts'
import type { Clock } from './clock.ts'
import { authBody, type Credentials, nameOf, secretOf } from './credentials.ts'
import type { Answer, Call, Exchange } from './exchange.ts'
import { notUnderstood, refusal } from './failure.ts'

export type SessionOptions = Choice & {
  /** `http://[::1]:5000/v3`; the version may be left out. */
  authUrl: string
  credentials: Credentials
  /** The next thing to do for whoever is not let in. */
  loginFix?: string
  /** Milliseconds for the first log-in with its repeats; left out: as for any call. Renewals get that. */
  patience?: number
  signal?: AbortSignal
}

export type Who = {
  userId: string
  projectId: string
  /** Names of the roles in that project. */
  roles: readonly string[]
  /** As asked for, or the only one; null where the cloud has several and none was asked for. */
  region: string | null
  /** Where Keystone is called from outside, with its version; null where the catalogue has no such endpoint. */
  publicIdentity: string | null
}

/** A key with several values is named once for each: services take what matches one of them. */
export type Query = Readonly<Record<string, string | readonly string[]>>

/** A call of a service: the path below its endpoint, with a leading slash. */
export type ServiceCall = {
  service: Service
  what: string
  method: Call['method']
  path: string
  query?: Query
  headers?: Record<string, string>
  json?: object
  stream?: Call['body']
  /** Defaults to what the method promises (RFC 9110 section 9.2.2): all but POST and PATCH. */
  repeatable?: boolean
  /** Milliseconds with its repeats; left out: as long as a service may need to restart. */
  patience?: number
  hide?: readonly Secret[]
}

const tokenSchema = z.object({
  token: z.object({
    expires_at: z.string(),
    user: z.object({ id: z.string() }),
    project: z.object({ id: z.string() }),
    roles: z.array(z.object({ name: z.string() })).default([]),
    catalog: catalogueSchema,
  }),
})

type Login = {
  token: Secret
  expires: number
  userId: string
  projectId: string
  roles: readonly string[]
  catalogue: Catalogue
}

/** A token this close to its end is not begun with: the call, or what it starts in turn, could outlast it. */
const marginMilliseconds = 120_000

export class Session {
  readonly #exchange: Exchange
  readonly #clock: Clock
  readonly #options: SessionOptions
  #login: Promise<Login> | undefined
  #known = false

  constructor(exchange: Exchange, clock: Clock, options: SessionOptions) {
    this.#exchange = exchange
    this.#clock = clock
    this.#options = options
    // Every call that is under way listens to it; that is no leak.
    if (options.signal) setMaxListeners(0, options.signal)
  }

  async who(): Promise<Who> {
    const { userId, projectId, roles, catalogue } = await this.#current()
    const region = this.#options.region ?? onlyRegion(catalogue)
    return { userId, projectId, roles, region, publicIdentity: publicIdentity(catalogue, region) }
  }

  /** The same log-in, for calls that must be made even when the run was stopped. */
  lasting(): Session {
    const { signal: _, ...options } = this.#options
    const other = new Session(this.#exchange, this.#clock, options)
    other.#login = this.#login
    return other
  }

  /** Whether the catalogue names the service at all. */
  async has(service: Service): Promise<boolean> {
    return isThere((await this.#current()).catalogue, service, this.#options)
  }

  /**
   * The same person in another project, where a role must be held. Its token ends with this one's and is not renewed: for
   * a few calls. Not for application credentials, which stay in their project.
   */
  async within(projectId: string): Promise<Session> {
    const { token } = await this.#current()
    const credentials: Credentials = { kind: 'token', token, project: projectId, projectId: true }
    return new Session(this.#exchange, this.#clock, { ...this.#options, credentials })
  }

  /** Makes the call and reads its JSON answer. Fault codes: those of failure.ts, and `cloud-catalogue`. */
  async call<T>(call: ServiceCall, schema: z.ZodType<T>): Promise<T> {
    const { answer, url } = await this.answer(call)
    return understand(call.what, url, answer, schema)
  }

  async answer(call: ServiceCall): Promise<{ answer: Answer; url: URL }> {
    const login = await this.#current()
    const first = await this.#send(call, login)
    if (first.answer.status !== 401) return first
    if ((await this.#login) === login) this.#login = undefined
    const second = await this.#send(call, await this.#current())
    if (second.answer.status !== 401) return second
    throw refusal(call.what, second.url, 401, redact(second.answer.text, this.#hidden(call, login)))
  }

  async #send(call: ServiceCall, login: Login): Promise<{ answer: Answer; url: URL }> {
    const url = new URL(endpointOf(login.catalogue, call.service, this.#options) + call.path)
    for (const [name, values] of Object.entries(call.query ?? {}))
      for (const value of [values].flat()) url.searchParams.append(name, value)
    const body = call.json === undefined ? call.stream : JSON.stringify(call.json)
    const answer = await this.#exchange(
      {
        service: call.service,
        what: call.what,
        method: call.method,
        url,
        headers: {
          accept: 'application/json',
          'x-auth-token': login.token.reveal(),
          ...(call.json === undefined ? {} : { 'content-type': 'application/json' }),
          ...call.headers,
        },
        ...(body === undefined ? {} : { body }),
        repeatable: call.repeatable ?? (call.method !== 'POST' && call.method !== 'PATCH'),
        ...(call.patience === undefined ? {} : { patience: call.patience }),
        hide: this.#hidden(call, login),
      },
      this.#options.signal,
    )
    return { answer, url }
  }

  #hidden(call: ServiceCall, login: Login): Secret[] {
    return [login.token, secretOf(this.#options.credentials), ...(call.hide ?? [])]
  }

  /** One log-in at a time, shared by all calls that wait for it. */
  async #current(): Promise<Login> {
    const held = this.#login
    if (held) {
      const login = await held
      if (login.expires - marginMilliseconds > this.#clock.now()) return login
      if (this.#login === held) this.#login = undefined
    }
    this.#login ??= this.#authenticate().catch((error: unknown) => {
      this.#login = undefined
      throw error
    })
    return this.#login
  }

  async #authenticate(): Promise<Login> {
    const { credentials, authUrl, signal } = this.#options
    const base = authUrl.replace(/\/+$/, '')
    const url = new URL(`${base.replace(/\/v(2\.0|3)$/, '')}/v3/auth/tokens`)
    const what = `log in ${nameOf(credentials)}`
    const answer = await this.#exchange(
      {
        service: 'identity',
        what,
        method: 'POST',
        url,
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify(authBody(credentials)),
        repeatable: true,
        ...(this.#options.patience === undefined || this.#known ? {} : { patience: this.#options.patience }),
        hide: [secretOf(credentials)],
      },
      signal,
    )
    if (answer.status === 401)
      throw new Trouble({
        code: 'cloud-login',
        title: `the cloud does not let in ${nameOf(credentials)}`,
        why: `${url.origin} answered 401: the user, the password or the project is not what it has`,
        fix: this.#options.loginFix ?? 'bateau up sets the passwords of its course anew; run it again',
      })
    const token = answer.headers['x-subject-token']
    if (token === undefined) throw notUnderstood(what, url, 'no X-Subject-Token header')
    this.#known = true
    const { token: body } = understand(what, url, answer, tokenSchema)
    return {
      token: new Secret(token),
      expires: Date.parse(body.expires_at),
      userId: body.user.id,
      projectId: body.project.id,
      roles: body.roles.map(({ name }) => name),
      catalogue: body.catalog,
    }
  }
}

function publicIdentity(catalogue: Catalogue, region: string | null): string | null {
  try {
    return endpointOf(catalogue, 'identity', { region, interface: 'public' })
  } catch (error) {
    if (error instanceof Trouble) return null
    throw error
  }
}

function understand<T>(what: string, url: URL, answer: Answer, schema: z.ZodType<T>): T {
  let json: unknown
  try {
    json = answer.text === '' ? undefined : JSON.parse(answer.text)
  } catch {
    throw notUnderstood(what, url, 'it is not JSON')
  }
  const read = schema.safeParse(json)
  if (read.success) return read.data
  const [first] = read.error.issues
  throw notUnderstood(
    what,
    url,
    `at ${first?.path.join('.') || 'its top'}: ${first?.message ?? 'another form'}`,
  )
}
