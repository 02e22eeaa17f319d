// Decides how a drill reads what the agent of a server told, and what of it speaks of the fault.
// Leaves the events themselves to agent/events.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AgentEvent, readEvent } from '../src/agent/events.ts'
import type { RehearsedServer } from '../src/rehearsal/world.ts'

/** On the server's disk, which is a layer on this machine: there whatever became of the network. */
const journal = 'up/var/lib/bateau/agent/events.ndjson'

/** Everything that the agent told since it was installed, oldest first; rotated parts included. */
export async function agentEvents(server: RehearsedServer): Promise<AgentEvent[]> {
  const parts = await Promise.all(
    [`${journal}.1`, journal].map((path) => readFile(join(server.directory, path), 'utf8').catch(() => '')),
  )
  return parts
    .join('')
    .split('\n')
    .flatMap((line) => readEvent(line) ?? [])
}

export type Told<T extends AgentEvent['type']> = Extract<AgentEvent, { type: T }>

export const tellings = <T extends AgentEvent['type']>(events: readonly AgentEvent[], type: T): Told<T>[] =>
  events.filter((event): event is Told<T> => event.type === type)

/**
 * At the last look that the agent told of since its start it could look, nothing was the matter, and all that it had
 * noticed is gone: what cannot be checked any more (a lease that was just asked for) is not among the findings.
 */
export function isWell(events: readonly AgentEvent[]): boolean {
  const run = events.slice(
    Math.max(
      0,
      events.findLastIndex(({ type }) => type === 'agent.started'),
    ),
  )
  const open = new Set<string>()
  for (const event of run)
    if (event.type === 'trouble.noticed') open.add(event.id)
    else if (event.type === 'trouble.gone') open.delete(event.id)
  const last = tellings(run, 'look').at(-1)
  return last !== undefined && last.findings.length === 0 && last.yes > last.unclear && open.size === 0
}

/** As `isWell`, and no repair is under way. */
export function isQuiet(events: readonly AgentEvent[]): boolean {
  const last = events.findLast(
    ({ type }) => type === 'repair.started' || type === 'repair.done' || type === 'agent.started',
  )
  return isWell(events) && last?.type !== 'repair.started'
}
