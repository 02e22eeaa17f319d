// Decides how a cloud is opened: from where it is and who one is, to one object with the calls of each service.
// Leaves making connections (through SSH, into a namespace) to the caller, who gives a dispatcher for each origin.
import { Agent, type Dispatcher } from 'undici'
import { Access } from './access.ts'
import { Actions } from './actions.ts'
import { type Clock, systemClock } from './clock.ts'
import { Compute } from './compute.ts'
import { Estates } from './estate.ts'
import { exchangeOver } from './exchange.ts'
import { Identity } from './identity.ts'
import { Images } from './image.ts'
import { Networking } from './network.ts'
import { ProjectLocks } from './project-lock.ts'
import { Session, type SessionOptions, type Who } from './session.ts'
import { Usages } from './usage.ts'
import { Volumes } from './volume.ts'
import { Walls } from './walls.ts'

export type Cloud = Readonly<Who> & {
  readonly identity: Identity
  readonly compute: Compute
  readonly network: Networking
  readonly image: Images
  readonly actions: Actions
  readonly access: Access
  readonly walls: Walls
  readonly usage: Usages
  readonly estate: Estates
  /** The same person in another project, for a few calls; a role must be held there. Fault codes as openCloud's. */
  within(projectId: string): Promise<Cloud>
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
  return cloudOf(session)
}

async function cloudOf(session: Session): Promise<Cloud> {
  const who = await session.who()
  return {
    identity: new Identity(session),
    compute: new Compute(session),
    network: new Networking(session),
    image: new Images(session),
    actions: new Actions(session),
    access: new Access(session),
    walls: new Walls(session),
    usage: new Usages(session),
    estate: new Estates(session),
    locks: new ProjectLocks(session.lasting()),
    volume: (await session.has('volume')) ? new Volumes(session) : null,
    ...who,
    within: async (projectId) => cloudOf(await session.within(projectId)),
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
