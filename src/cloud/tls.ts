// Decides which certificates a cloud's TLS is checked against: those of the system, or those that its entry names.
// Leaves which those are to clouds-yaml.
import { Agent, type Dispatcher } from 'undici'
import type { CloudAccess } from './clouds-yaml.ts'

/** Connections of one cloud, checked as its entry says; undefined for what needs nothing special. To be closed. */
export function dispatcherOf({ tls }: Pick<CloudAccess, 'tls'>): {
  dispatcherFor: (origin: string) => Dispatcher | undefined
  close: () => Promise<void>
} {
  const agent = new Agent({
    // Servers before an API close idle connections without saying so; a call on such a one would be lost.
    keepAliveTimeout: 1_000,
    connect: {
      timeout: 20_000,
      rejectUnauthorized: tls.verify,
      ...(tls.ca === null ? {} : { ca: tls.ca }),
    },
  })
  return { dispatcherFor: () => agent, close: () => agent.close() }
}
