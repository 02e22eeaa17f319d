// Decides how calls carry a token: one log-in for many calls, renewed before its end and when the cloud refuses it.
// Leaves repeats and time limits to exchange, and what is called to the services' files.
import { z } from 'zod'
import { Trouble } from '../core/fault.ts'
import { redact, Secret } from '../core/secret.ts'
import { type Catalogue, catalogueSchema, endpointOf, type Interface, type Service } from './catalogue.ts'
import type { Clock } from './clock.ts'
import { authBody, type Credentials, nameOf, secretOf } from './credentials.ts'
import type { Answer, Call, Exchange } from './exchange.ts'
import { notUnderstood, refusal } from './failure.ts'

export type SessionOptions = {
  /** `http://[::1]:5000/v3`; the version may be left out. */
  authUrl: string
  credentials: Credentials
  region: string
  interface: Interface
  /** Addresses that overrule the catalogue's. */
  endpoints?: Partial<Record<Service, string>>
  signal?: AbortSignal
}

/** A call of a service: the path below its endpoint, with a leading slash. */
export type ServiceCall = {
  service: Service
  what: string
  method: Call['method']
  path: string
  query?: Record<string, string>
  headers?: Record<string, string>
  json?: object
  stream?: Call['body']
  /** Defaults to what the method promises (RFC 9110 section 9.2.2): all but POST and PATCH. */
  repeatable?: boolean
  hide?: readonly Secret[]
}

const tokenSchema = z.object({
  token: z.object({
    expires_at: z.string(),
    user: z.object({ id: z.string() }),
    project: z.object({ id: z.string() }),
    catalog: catalogueSchema,
  }),
})

type Login = { token: Secret; expires: number; userId: string; projectId: string; catalogue: Catalogue }

/** A token this close to its end is not begun with: the call, or what it starts in turn, could outlast it. */
const marginMilliseconds = 120_000

export class Session {
  readonly #exchange: Exchange
  readonly #clock: Clock
  readonly #options: SessionOptions
  #login: Promise<Login> | undefined

  constructor(exchange: Exchange, clock: Clock, options: SessionOptions) {
    this.#exchange = exchange
    this.#clock = clock
    this.#options = options
  }

  /** Ids of who is logged in. */
  async who(): Promise<{ userId: string; projectId: string }> {
    const { userId, projectId } = await this.#current()
    return { userId, projectId }
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
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.append(name, value)
    const body = call.json === undefined ? call.stream : JSON.stringify(call.json)
    const answer = await this.#exchange(
      {
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
    const url = new URL(`${base.endsWith('/v3') ? base : `${base}/v3`}/auth/tokens`)
    const what = `log in ${nameOf(credentials)}`
    const answer = await this.#exchange(
      {
        what,
        method: 'POST',
        url,
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify(authBody(credentials)),
        repeatable: true,
        hide: [secretOf(credentials)],
      },
      signal,
    )
    if (answer.status === 401)
      throw new Trouble({
        code: 'cloud-login',
        title: `the cloud does not let in ${nameOf(credentials)}`,
        why: `${url.origin} answered 401: the user, the password or the project is not what it has`,
        fix: 'bateau up sets the passwords of its course anew; run it again',
      })
    const token = answer.headers['x-subject-token']
    if (token === undefined) throw notUnderstood(what, url, 'no X-Subject-Token header')
    const { token: body } = understand(what, url, answer, tokenSchema)
    return {
      token: new Secret(token),
      expires: Date.parse(body.expires_at),
      userId: body.user.id,
      projectId: body.project.id,
      catalogue: body.catalog,
    }
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
