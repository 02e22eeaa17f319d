// Decides how a cloud is opened: from where it is and who one is, to one object with the calls of each service.
// Leaves making connections (through SSH, into a namespace) to the caller, who gives a dispatcher for each origin.
import { Agent, type Dispatcher } from 'undici'
import { type Clock, systemClock } from './clock.ts'
import { Compute } from './compute.ts'
import { exchangeOver } from './exchange.ts'
import { Identity } from './identity.ts'
import { Images } from './image.ts'
import { Networking } from './network.ts'
import { ProjectLocks } from './project-lock.ts'
import { Session, type SessionOptions, type Who } from './session.ts'
import { Volumes } from './volume.ts'

export type Cloud = Readonly<Who> & {
  readonly identity: Identity
  readonly compute: Compute
  readonly network: Networking
  readonly image: Images
  readonly locks: ProjectLocks
  /** Null where the catalogue has no block storage. */
  readonly volume: Volumes | null
}

export type OpenOptions = SessionOptions & {
  /** Connections for an origin (`http://[::1]:5000`); undefined: straight from here. */
  dispatcherFor?: (origin: string) => Dispatcher | undefined
  clock?: Clock
  random?: () => number
}

/** Logs in once. Fault codes: `cloud-login`, `cloud-unreachable`, `cloud-catalogue`. */
export async function openCloud(options: OpenOptions): Promise<Cloud> {
  const clock = options.clock ?? systemClock
  const exchange = exchangeOver({
    dispatcherFor: options.dispatcherFor ?? (() => undefined),
    clock,
    random: options.random ?? Math.random,
  })
  const session = new Session(exchange, clock, options)
  const who = await session.who()
  return {
    identity: new Identity(session),
    compute: new Compute(session),
    network: new Networking(session),
    image: new Images(session),
    locks: new ProjectLocks(session.lasting()),
    volume: (await session.has('volume')) ? new Volumes(session) : null,
    ...who,
  }
}

/**
 * Dispatchers that reach ports through Unix sockets (`ssh -L socket:[::1]:5000`): port to path. One connection a call:
 * uWSGI's http-socket closes after each answer, and a second call on such a connection would be lost.
 */
export function throughSockets(sockets: ReadonlyMap<number, string>): {
  dispatcherFor: (origin: string) => Dispatcher | undefined
  close: () => Promise<void>
} {
  const agents = new Map(
    [...sockets].map(([port, socketPath]) => [
      port,
      new Agent({ pipelining: 0, connect: { socketPath, timeout: 20_000 } }),
    ]),
  )
  return {
    // A URL's own default has no port in it.
    dispatcherFor: (origin) => agents.get(Number(new URL(origin).port || 80)),
    close: async () => {
      await Promise.all([...agents.values()].map((agent) => agent.close()))
    },
  }
}
