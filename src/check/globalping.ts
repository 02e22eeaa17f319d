// Decides how Globalping's probes testify: one in each location, the same ones for control and questions.
// Leaves its API to globalping-api, its free limits to globalping-spend.
import { Trouble } from '../core/fault.ts'
import type { Address } from '../core/prefix.ts'
import type { GlobalpingApi, MeasurementRequest, ProbeAnswer } from './globalping-api.ts'
import { type Account, book, hourly, probesAtOnce } from './globalping-spend.ts'
import type { Question, Testimony, Vantage } from './vantage.ts'

export type GlobalpingInput = {
  /** Opened when first asked. */
  open: () => Promise<GlobalpingApi>
  /** Countries by two letters, or whatever else its `magic` field understands. */
  locations: readonly string[]
  /** What everybody reaches. */
  control: Address
  hasToken: boolean
  account: Account
  now: () => number
}

const packets = 3

type Panel = { id: string; probes: readonly ProbeAnswer[] }

/** One vantage with a voice for each location. */
export function globalpingVantage(input: GlobalpingInput): Vantage {
  const locations = input.locations.slice(0, probesAtOnce)
  let api: Promise<GlobalpingApi> | undefined
  const measure = async (request: MeasurementRequest, tests: number): Promise<Panel> => {
    const opened = await (api ??= input.open())
    book(input.account, tests, input.hasToken ? hourly.token : hourly.free, input.now())
    return opened.measure(request)
  }
  const choose = async (): Promise<Panel> => {
    const opened = await (api ??= input.open())
    const left = await opened.remaining()
    if (left < locations.length) throw new Trouble(tooFew(left, locations.length))
    return measure(
      {
        type: 'ping',
        target: String(input.control),
        locations: locations.map((one) => ({
          ...(/^[A-Z]{2}$/.test(one) ? { country: one } : { magic: one }),
          limit: 1,
        })),
        measurementOptions: { packets },
      },
      locations.length,
    )
  }
  let chosen: Promise<Panel> | undefined
  const panel = () => (chosen ??= choose())
  const orMute = async (look: () => Promise<Testimony[]>): Promise<Testimony[]> => {
    try {
      return await look()
    } catch (error) {
      if (!(error instanceof Trouble)) throw error
      const { title, why } = error.fault
      return [{ vantage: 'Globalping', place: null, verdict: 'could-not-check', seen: `${title}: ${why}` }]
    }
  }
  return {
    name: 'Globalping',
    place: null,
    named: true,
    server: null,
    shell: null,
    proxy: null,
    costly: true,
    control: () => orMute(async () => (await panel()).probes.map(ofControl)),
    ask: (question) =>
      orMute(async () => {
        const { id, probes } = await panel()
        const able = new Set(probes.filter(isAble).map(nameOf))
        if (able.size === 0) return probes.map(ofControl)
        const answers = await measure(requestOf(question, id), probes.length)
        return answers.probes.map((one) =>
          able.has(nameOf(one)) ? said(one) : { ...said(one), verdict: 'could-not-check' },
        )
      }),
  }
}

/** A name is preferred where there is one: IPv6 literals are experimental there, and `ipVersion` goes only with names. */
function requestOf(question: Question, id: string): MeasurementRequest {
  const { host, to } = question
  return {
    type: 'ping',
    target: host ?? String(to),
    locations: id,
    measurementOptions: {
      packets,
      ...(question.kind === 'tcp' ? { protocol: 'TCP' as const, port: question.port } : {}),
      ...(host === undefined ? {} : { ipVersion: 6 as const }),
    },
  }
}

const nameOf = ({ country, asn }: ProbeAnswer) => `Globalping ${country} AS${asn}`
const isAble = ({ packets: counted }: ProbeAnswer) => counted !== null && counted.received > 0

/** One reply of the target that everybody reaches is enough to trust a probe's silence about others. */
const ofControl = (one: ProbeAnswer): Testimony => ({
  ...said(one),
  verdict: isAble(one) ? 'yes' : 'could-not-check',
})

function said(one: ProbeAnswer): Testimony {
  const about = { vantage: nameOf(one), place: one.country }
  if (one.packets === null) return { ...about, verdict: 'could-not-check', seen: one.words }
  const { sent, received, milliseconds } = one.packets
  const time = milliseconds === null ? '' : `, ${milliseconds} ms`
  const lossy = received > 0 && received < sent - 1
  return {
    ...about,
    verdict: received === 0 || lossy ? 'no' : 'yes',
    seen: `${received} of ${sent} replies${time}`,
    ...(lossy ? { lossy } : {}),
  }
}

const tooFew = (left: number, wanted: number) => ({
  code: 'globalping-spent',
  title: 'Globalping was not asked',
  why: `it has ${left} free tests left for this machine's address, and asking once takes ${wanted}`,
  fix: 'wait up to an hour, or give a token_file under check, globalping',
})
