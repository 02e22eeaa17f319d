// Decides how one call of a provider's API is made: its time limit, when it is repeated, and what its failure says.
// Leaves signing and paths to ovh and scaleway.
import { request } from 'undici'
import type { z } from 'zod'
import { type Fault, Trouble } from '../core/fault.ts'
import { redact, type Secret } from '../core/secret.ts'
import type { DnsClock } from './zone.ts'

export type HttpCall = {
  /** For a person: `list the records of course.example`. */
  what: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: URL
  /** Asked anew at each attempt: a signature holds the time. */
  headers: () => Record<string, string>
  body?: string
  /** Doing it twice is doing it once. */
  repeatable: boolean
}

export type HttpDeps = {
  clock: DnsClock
  /** 0 to 1: spreads repeats. */
  random(): number
  signal: AbortSignal
  /** Never shown in what is said of a call. */
  hide: readonly Secret[]
  /** What an answer that refuses means; `said` is its body, secrets removed. */
  refusal(call: HttpCall, status: number, said: string): Fault
}

/** Milliseconds. */
const attempt = 20_000
const deadline = 45_000
const firstPause = 500
const longestPause = 15_000
/** 408 was seen of OVH's front when it is busy (kubernetes-sigs/external-dns issue 1546). */
const passing = new Set([408, 429, 500, 502, 503, 504])

/** The answer's JSON, read by the schema. Throws Trouble: `dns-unreachable`, `dns-unsure`, `dns-answer`, or what `refusal` says. */
export async function callJson<T>(call: HttpCall, deps: HttpDeps, schema: z.ZodType<T>): Promise<T> {
  const text = await sent(call, deps)
  let json: unknown = null
  try {
    if (text !== '') json = JSON.parse(text)
  } catch {
    throw new Trouble(notUnderstood(call, 'it is not JSON'))
  }
  const read = schema.safeParse(json)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new Trouble(notUnderstood(call, `at ${issue?.path.join('.') || 'its top'}: ${issue?.message}`))
}

/** Of a call that must not be made twice, and may have been carried out though no answer says so: look before going on. */
export const unsureCode = 'dns-unsure'

/** 429 says that nothing was done, so it is repeated whatever the call. */
async function sent(call: HttpCall, deps: HttpDeps): Promise<string> {
  const { clock, signal } = deps
  const begun = clock.now()
  for (let tries = 0; ; tries++) {
    const outcome = await once(call, deps)
    if ('text' in outcome) return outcome.text
    const unsure = outcome.status === null || passing.has(outcome.status)
    const again = outcome.status === 429 || (call.repeatable && unsure)
    const ceiling = Math.min(longestPause, firstPause * 2 ** tries)
    const pause = outcome.retryAfter ?? ceiling / 2 + (ceiling / 2) * deps.random()
    if (signal.aborted || clock.now() + pause - begun > deadline) throw new Trouble(outcome.fault)
    if (!again && !unsure) throw new Trouble(outcome.fault)
    await clock.wait(pause, signal)
    if (!again) throw new Trouble({ ...outcome.fault, code: unsureCode })
  }
}

type Once = { text: string } | { status: number | null; retryAfter?: number; fault: Fault }

async function once(call: HttpCall, deps: HttpDeps): Promise<Once> {
  try {
    const response = await request(call.url, {
      method: call.method,
      headers: { accept: 'application/json', ...call.headers() },
      headersTimeout: attempt,
      bodyTimeout: attempt,
      // One of its own: a hundred calls would be as many listeners of the run's.
      signal: AbortSignal.any([deps.signal]),
      ...(call.body === undefined ? {} : { body: call.body }),
    })
    const text = await response.body.text()
    const status = response.statusCode
    if (status < 300) return { text }
    const header = response.headers['retry-after']
    const seconds = typeof header === 'string' && /^\d+$/.test(header) ? Number(header) : null
    return {
      status,
      fault: deps.refusal(call, status, redact(text, deps.hide)),
      ...(seconds === null ? {} : { retryAfter: seconds * 1000 }),
    }
  } catch (error) {
    if (deps.signal.aborted) throw error
    return { status: null, fault: unreachable(call, error) }
  }
}

function unreachable({ what, url }: HttpCall, error: unknown): Fault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return {
    code: 'dns-unreachable',
    title: `no answer from the provider of DNS: ${what}`,
    why: `${url.origin}: ${code || (error instanceof Error ? error.message : String(error))}`,
    fix: `see whether it is reached from here: curl -I ${url.origin}; then run the same command again`,
  }
}

const notUnderstood = ({ what, url }: HttpCall, problem: string): Fault => ({
  code: 'dns-answer',
  title: `the answer was not understood: ${what}`,
  why: `${url.origin}${url.pathname}: ${problem}`,
  fix: 'see that dns.api is the address of the API of dns.provider',
})
