// Decides how one HTTP call is made: its time limit, when and how often it is repeated, how many are under way at once.
// Leaves who is calling (tokens) to session, and what a refusal means to failure.
import type { Readable } from 'node:stream'
import { type Dispatcher, request } from 'undici'
import { redact, type Secret } from '../core/secret.ts'
import type { Clock } from './clock.ts'
import { CallFailure, hopeless, neverSent, noAnswer, refusal } from './failure.ts'
import { Gate } from './pace.ts'

export type Call = {
  /** Calls of a service share its pace. */
  service: string
  /** What it does, for a person: "list projects". Begins with a verb, holds no secret. */
  what: string
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: URL
  headers: Record<string, string>
  /** A function for streams: asked anew at each attempt. */
  body?: string | (() => Readable)
  /** Doing it twice is doing it once. Without it only calls that surely never arrived are repeated. */
  repeatable: boolean
  /** Milliseconds that it may take with its repeats; left out: as long as a service may need to restart. */
  patience?: number
  /** Never shown in what is said of this call. */
  hide: readonly Secret[]
}

export type Answer = { status: number; headers: Record<string, string>; text: string }

export type Wire = {
  /** The connections for an origin (`http://[::1]:5000`): through a Unix socket, another namespace, a private CA. */
  dispatcherFor(origin: string): Dispatcher | undefined
  clock: Clock
  /** 0 to 1: spreads the repeats of many calls. */
  random(): number
}

/** For one attempt: a router's interface was seen to take 16 s on a busy machine. */
const attemptMilliseconds = 120_000
/** For a call with its repeats. */
const deadlineMilliseconds = 180_000
const firstPause = 250
const longestPause = 8_000
/** Answers of a server, or of something before it, that is busy or restarting: worth the whole deadline. */
const passing = new Set([429, 502, 503, 504])
/** A 500 is mostly a fault that stays; a lost database connection or a lock is gone by the next time. */
const attemptsOn500 = 3

export type Exchange = (call: Call, signal?: AbortSignal) => Promise<Answer>

/** Fault codes: `cloud-unreachable`, and those of refusal(). Answers up to 399 and 401 are given back; 401 is the session's. */
export function exchangeOver(wire: Wire): Exchange {
  const gates = new Map<string, Gate>()
  const gateOf = (service: string) => {
    const gate = gates.get(service) ?? new Gate(() => wire.clock.now())
    gates.set(service, gate)
    return gate
  }
  return async (call, signal) => {
    const begun = wire.clock.now()
    for (let attempt = 0; ; attempt++) {
      const outcome = await gateOf(call.service).through(
        kindOf(call),
        () => once(wire, call, signal),
        isOverrun(call),
      )
      if (!(outcome instanceof CallFailure)) return outcome.answer
      const pause = outcome.retryAfter ?? backoff(attempt, wire.random())
      const late = wire.clock.now() + pause - begun > (call.patience ?? deadlineMilliseconds)
      if (late || !mayRepeat(call, outcome, attempt) || signal?.aborted) throw outcome
      await wire.clock.wait(pause, signal)
    }
  }
}

/** "create project": the name behind it makes no difference. */
const kindOf = ({ what }: Call) => what.split(' ', 2).join(' ')

/** A file takes as long as it is large, and a server that is not there says nothing about its pace. */
const isOverrun =
  (call: Call) =>
  (outcome: { answer: Answer } | Failed): boolean | null => {
    if (typeof call.body === 'function') return null
    if (!(outcome instanceof Failed)) return false
    if (outcome.status === null) return outcome.unsure
    return passing.has(outcome.status)
  }

class Failed extends CallFailure {
  retryAfter: number | undefined
  hopeless = false
}

function mayRepeat(call: Call, failure: Failed, attempt: number): boolean {
  if (failure.hopeless) return false
  if (failure.status === null) return call.repeatable || !failure.unsure
  if (failure.status === 429) return true
  if (failure.status === 500) return call.repeatable && attempt + 1 < attemptsOn500
  return call.repeatable && passing.has(failure.status)
}

function backoff(attempt: number, random: number): number {
  const ceiling = Math.min(longestPause, firstPause * 2 ** attempt)
  return ceiling / 2 + (ceiling / 2) * random
}

async function once(
  wire: Wire,
  call: Call,
  signal: AbortSignal | undefined,
): Promise<{ answer: Answer } | Failed> {
  const dispatcher = wire.dispatcherFor(call.url.origin)
  try {
    const response = await request(call.url, {
      method: call.method,
      headers: call.headers,
      headersTimeout: attemptMilliseconds,
      bodyTimeout: attemptMilliseconds,
      ...(call.body === undefined ? {} : { body: typeof call.body === 'string' ? call.body : call.body() }),
      ...(dispatcher ? { dispatcher } : {}),
      ...(signal ? { signal } : {}),
    })
    const text = await response.body.text()
    const headers = Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
    )
    const status = response.statusCode
    if (status < 400 || status === 401) return { answer: { status, headers, text } }
    const { fault, unsure } = refusal(call.what, call.url, status, redact(text, call.hide))
    const failed = new Failed(fault, status, unsure)
    failed.retryAfter = retryAfter(headers['retry-after'], wire.clock.now())
    return failed
  } catch (error) {
    if (signal?.aborted) throw error
    const { fault, unsure } = noAnswer(call.what, call.url, error, !neverSent(error))
    const failed = new Failed(fault, null, unsure)
    failed.hopeless = hopeless(error)
    return failed
  }
}

/** RFC 9110 section 10.2.3: seconds, or a date. */
function retryAfter(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined
  const until = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now
  return Number.isNaN(until) ? undefined : Math.max(0, until)
}
