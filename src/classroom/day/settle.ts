// Decides how one waits for an instance to get where it should be, and what is said when it does not.
// Leaves what starts it on its way to the deeds.
import { type Fault, Trouble } from '../../core/fault.ts'
import { Address } from '../../core/prefix.ts'
import type { Progress } from '../../core/task.ts'
import type { Clock } from '../../cloud/clock.ts'
import type { Server } from '../../cloud/compute.ts'
import type { Roll } from './roll.ts'

/** Nova gives a guest 60 s to shut down; without KVM and with cold disks a start was seen to take minutes. */
const patienceMilliseconds = 600_000
const pollMilliseconds = 1_000

/** Between two states: something is under way with it. */
export const isBusy = (server: Server): boolean =>
  Boolean(server['OS-EXT-STS:task_state']) || ['BUILD', 'REBUILD'].includes(server.status)

/**
 * Looks until it is `there` and nothing is under way, or in ERROR, or gone, or patience has an end; gives what was seen
 * last (undefined: gone).
 */
export async function settle(
  roll: Roll,
  clock: Clock,
  id: string,
  there: (server: Server) => boolean,
  progress: Pick<Progress, 'line' | 'signal'>,
): Promise<Server | undefined> {
  const until = clock.now() + patienceMilliseconds
  for (let said = ''; ;) {
    const server = await roll.again(id)
    if (server === undefined || server.status === 'ERROR') return server
    if ((there(server) && !isBusy(server)) || clock.now() > until) return server
    const words = [server.status, server['OS-EXT-STS:task_state']].filter(Boolean).join(', ')
    if (words !== said) progress.line(words)
    said = words
    await clock.wait(pollMilliseconds, progress.signal)
  }
}

/** Throws Trouble `instance-stuck` for an instance that did not get there. */
export function arrived(
  name: string,
  server: Server | undefined,
  there: (server: Server) => boolean,
): asserts server is Server {
  if (server !== undefined && there(server)) return
  throw new Trouble(stuck(name, server))
}

export const isActive = (server: Server): boolean => server.status === 'ACTIVE'
/** SLAAC or not, an address is what Neutron wrote down. */
export const addressesOf = ({ addresses }: Pick<Server, 'addresses'>): Address[] =>
  Object.values(addresses)
    .flat()
    .flatMap(({ addr, version }) => {
      const read = Address.parse(addr)
      return version === 6 && read.ok ? [read.value] : []
    })

function stuck(name: string, server: Server | undefined): Fault {
  return {
    code: 'instance-stuck',
    title: server === undefined ? `instance ${name} is gone` : `instance ${name} is ${server.status}`,
    why:
      server?.fault?.message ??
      (server === undefined
        ? 'somebody deleted it meanwhile'
        : `it did not get further in ${patienceMilliseconds / 60_000} minutes`),
    fix: 'run the same command again; if it stays so, see what nova-compute logs with: bateau check',
  }
}
