// Decides how Globalping is asked for a measurement, and which of its answers and refusals are understood.
// Leaves when it may be asked to globalping-spend, and what an answer means to globalping.
import { z } from 'zod'
import { type Fault, Trouble } from '../core/fault.ts'
import type { Secret } from '../core/secret.ts'

/** Bodies of POST /v1/measurements (Globalping API 1, public/v1/spec.yaml) as far as bateau sends them. */
export type MeasurementRequest = {
  type: 'ping'
  /** An IPv6 literal (marked experimental there), or a host name with `ipVersion`. */
  target: string
  /** Places, or the id of an earlier measurement: its probes again. */
  locations: string | { country?: string; magic?: string; limit: number }[]
  measurementOptions: { packets: number; protocol?: 'TCP'; port?: number; ipVersion?: 6 }
}

export type ProbeAnswer = {
  country: string
  asn: number
  network: string
  /** Null where the probe could not do it: offline, failed, or not finished in time. */
  packets: { sent: number; received: number; milliseconds: number | null } | null
  words: string
}

export interface GlobalpingApi {
  /** Starts one and waits for its end, at most about a minute. Throws Trouble `globalping-…`. */
  measure(request: MeasurementRequest): Promise<{ id: string; probes: ProbeAnswer[] }>
  /** Tests that may still be begun, as the server counts them. Throws Trouble. */
  remaining(): Promise<number>
}

const stats = z.object({ total: z.number(), rcv: z.number(), avg: z.number().nullish() })
const measurement = z.object({
  results: z.array(
    z.object({
      probe: z.object({ country: z.string(), asn: z.number(), network: z.string() }),
      result: z.object({ status: z.string(), rawOutput: z.string().default(''), stats: stats.optional() }),
    }),
  ),
})
const limits = z.object({
  rateLimit: z.object({ measurements: z.object({ create: z.object({ remaining: z.number() }) }) }),
})

const secondsOfOneCall = 20

/** The official client, loaded only when it is wanted. `url` is for a server that stands in for theirs. */
export async function openGlobalping(token: Secret | null, url?: string): Promise<GlobalpingApi> {
  const { Globalping } = await import('globalping')
  const api = new Globalping({
    ...(token === null ? {} : { auth: token.reveal() }),
    timeout: secondsOfOneCall * 1_000,
    userAgent: 'bateau',
  })
  // The client has no option for it.
  if (url !== undefined) (api['client'] as Settable).setConfig({ baseUrl: url })
  return {
    async measure(request) {
      const made = await called(() => api.createMeasurement(request))
      const { id } = read(z.object({ id: z.string() }), made)
      const ended = read(measurement, await called(() => api.awaitMeasurement(id)))
      return { id, probes: ended.results.map(answerOf) }
    },
    async remaining() {
      return read(limits, await called(() => api.getLimits())).rateLimit.measurements.create.remaining
    },
  }
}

type Settable = { setConfig(config: { baseUrl: string }): unknown }
type Called = { ok: boolean; data: unknown; response: Response }

/** Whatever goes wrong at the other end, or on the way to it, is theirs: a value, never a bug of ours. */
async function called(call: () => Promise<Called>): Promise<unknown> {
  let result: Called
  try {
    result = await call()
  } catch (error) {
    throw new Trouble(fault('globalping-unreachable', reason(error)))
  }
  if (result.ok) return result.data
  const { status, headers } = result.response
  const said = refusal.safeParse(result.data)
  const words = said.success ? said.data.error.message : `HTTP ${status}`
  if (status !== 429) throw new Trouble(fault('globalping-refused', `HTTP ${status}: ${words}`))
  const wait = Number(headers.get('retry-after') ?? headers.get('x-ratelimit-reset') ?? '')
  throw new Trouble(
    fault('globalping-limit', wait > 0 ? `${words} Free again in ${Math.ceil(wait / 60)} min.` : words),
  )
}

const refusal = z.object({ error: z.object({ message: z.string() }) })

function read<T>(schema: z.ZodType<T>, data: unknown): T {
  const parsed = schema.safeParse(data)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Trouble(
    fault(
      'globalping-garbage',
      `its answer is not what its API promises: ${issue?.path.join('.')} ${issue?.message}`,
    ),
  )
}

/** fetch says `fetch failed` and keeps the reason to itself. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

const fault = (code: string, why: string): Fault => ({
  code,
  title: 'Globalping gives no answer',
  why,
  fix: 'nothing is wrong with the course because of it; run the check again later, or use other vantages',
})

function answerOf({ probe, result }: z.infer<typeof measurement>['results'][number]): ProbeAnswer {
  const { status, stats: packets, rawOutput } = result
  const first =
    rawOutput
      .trim()
      .split('\n')
      .find((line) => line.trim() !== '') ?? ''
  const finished = status === 'finished' && packets !== undefined && packets.total > 0
  return {
    ...probe,
    packets: finished
      ? { sent: packets.total, received: packets.rcv, milliseconds: packets.avg ?? null }
      : null,
    words: finished ? '' : `the probe is ${status}${first === '' ? '' : `: ${first.slice(0, 200)}`}`,
  }
}
