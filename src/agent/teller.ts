// Decides how an event becomes a line of the journal: who, when, the how-manieth; and that a full disk loses events, not the agent.
// Leaves the file to journal.
import { readFileSync } from 'node:fs'
import { uptime } from 'node:os'
import type { Clock } from './clock.ts'
import { agentSchema, type AgentEvent, type AgentEventBody, type Tell } from './events.ts'

/** `also` gets every event too, whether or not it could be written. */
export function teller(
  host: string,
  clock: Pick<Clock, 'wall'>,
  append: (line: string) => boolean,
  also: (event: AgentEventBody) => void,
): Tell {
  // node:crypto would cost a megabyte.
  const run = readFileSync('/proc/sys/kernel/random/uuid', 'utf8').slice(0, 8)
  let seq = 0
  let lost = 0
  const write = (body: AgentEventBody): boolean => {
    const event: AgentEvent = {
      schema_version: agentSchema,
      host,
      run,
      seq: seq + 1,
      at: clock.wall().toISOString(),
      uptime: Math.round(uptime() * 10) / 10,
      ...body,
    }
    if (!append(JSON.stringify(event))) return false
    seq++
    return true
  }
  return (body) => {
    also(body)
    if (lost > 0 && write({ type: 'journal.resumed', lost })) lost = 0
    if (lost > 0 || !write(body)) lost++
  }
}
