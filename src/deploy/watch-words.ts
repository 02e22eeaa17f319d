// Decides how one event of an agent reads as a line; undefined for what only the summary needs.
// Leaves colours to the faces.
import type { AgentEvent } from '../agent/events.ts'

export function wordsOf(event: AgentEvent): string | undefined {
  switch (event.type) {
    case 'agent.started':
      return event.mends
        ? `its agent starts (${event.version})`
        : `its agent starts (${event.version}); ${event.why}`
    case 'agent.stopped':
      return `its agent ends: ${event.why}`
    case 'look':
      return undefined
    case 'trouble.noticed':
      return `✗ ${event.code}: ${firstLine(event.seen)}`
    case 'trouble.gone':
      return `✓ ${event.code} is gone after ${event.after_seconds} s`
    case 'repair.started':
      return `→ ${event.title}  (${event.code})`
    case 'repair.done':
      return event.helped ? '✓ it helped' : `✗ it did not help: ${firstLine(event.seen)}`
    case 'given-up':
      return `✗ ${event.code} needs a person: ${event.fix}`
    case 'route.added':
      return `+ route to ${event.to}, behind a tenant's router at ${event.via}`
    case 'route.removed':
      return `- route to ${event.to}: the router at ${event.via} is gone`
    case 'proxy.added':
      return `+ answers for ${event.address}`
    case 'proxy.removed':
      return `- answers for ${event.address} no more`
    case 'journal.resumed':
      return `? ${event.lost} events could not be written`
    case 'fault':
      return `? ${event.fault.title}: ${firstLine(event.fault.why)}`
  }
}

const firstLine = (text: string): string => text.split('\n')[0] ?? ''
