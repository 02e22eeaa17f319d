// Decides what the agent of a server tells: each kind of event with what it carries, as it stands in its journal.
// Leaves writing to journal, and showing to whoever reads it (deploy/watch, drills).
import type { Fault } from '../core/fault.ts'

export const agentSchema = 1

/** What is wrong at a look: the cause's code, and the id of the check that saw it. */
export type Found = { code: string; id: string }

export type AgentEventBody =
  /** `mends` false: it only observes, and `why` says so (its configuration is of another version). */
  | { type: 'agent.started'; version: string; config: string; pid: number; mends: boolean; why: string }
  /** Asked to stop; the network stays as it is. */
  | { type: 'agent.stopped'; why: string }
  /** Told when the set of findings changes, and once a minute. `yes`, `no`, `unclear` count checks. */
  | {
      type: 'look'
      kind: 'quick' | 'full'
      yes: number
      no: number
      unclear: number
      findings: readonly Found[]
      milliseconds: number
    }
  | { type: 'trouble.noticed'; code: string; id: string; title: string; seen: string; fix: string }
  | { type: 'trouble.gone'; code: string; id: string; after_seconds: number }
  | {
      type: 'repair.started'
      repair: string
      code: string
      title: string
      commands: readonly (readonly string[])[]
    }
  | { type: 'repair.done'; repair: string; code: string; helped: boolean; seen: string }
  /** Nothing more will be tried: what a person must do. */
  | { type: 'given-up'; code: string; why: string; fix: string }
  /** Host route to a network behind a tenant's router, which came or went. */
  | { type: 'route.added' | 'route.removed'; to: string; via: string; router: string }
  /** The server answers for an address of its instances on the provider's segment (kernel NDP proxy). */
  | { type: 'proxy.added' | 'proxy.removed'; address: string }
  /** Could not be written for a while (a full disk): so many events are lost. */
  | { type: 'journal.resumed'; lost: number }
  /** Something that the agent wanted to do and could not; it goes on. */
  | { type: 'fault'; fault: Fault }

/**
 * `run` is new with each start of the agent, `seq` counts its events from 1: a reader that finds a gap has missed some.
 * `at` is the server's clock (ISO 8601, UTC), `uptime` its seconds since boot, which no change of the clock moves.
 */
export type AgentEvent = {
  schema_version: typeof agentSchema
  host: string
  run: string
  seq: number
  at: string
  uptime: number
} & AgentEventBody

export type Tell = (event: AgentEventBody) => void

/** One line of a journal; undefined for what is none (cut by a crash, or of another version). */
export function readEvent(line: string): AgentEvent | undefined {
  try {
    const event = JSON.parse(line) as Partial<AgentEvent> | null
    return event?.schema_version === agentSchema &&
      typeof event.type === 'string' &&
      typeof event.run === 'string' &&
      typeof event.seq === 'number' &&
      typeof event.at === 'string'
      ? (event as AgentEvent)
      : undefined
  } catch {
    return undefined
  }
}
