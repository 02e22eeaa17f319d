// Decides which action an instance allows in which state, and what is said when it does not.
// Leaves carrying actions out to the files of each.
import { type Fault, Trouble } from '../../core/fault.ts'
import type { Server } from '../../cloud/compute.ts'

/** Statuses of Nova that bateau knows what to do with; any other allows nothing. */
type Status =
  | 'ACTIVE'
  | 'SHUTOFF'
  | 'PAUSED'
  | 'SUSPENDED'
  | 'ERROR'
  | 'BUILD'
  | 'REBUILD'
  | 'RESCUE'
  | 'SHELVED'
  | 'SHELVED_OFFLOADED'

type Action = 'start' | 'stop' | 'rebuild' | 'snapshot' | 'exec' | 'delete'

/** As nova/compute/api.py (2025.1) has them by vm_state; a deletion is always taken. */
const can = {
  start: ['SHUTOFF'],
  stop: ['ACTIVE', 'ERROR'],
  rebuild: ['ACTIVE', 'SHUTOFF', 'ERROR'],
  snapshot: ['ACTIVE', 'SHUTOFF', 'PAUSED', 'SUSPENDED'],
  exec: ['ACTIVE'],
  delete: [
    'ACTIVE',
    'SHUTOFF',
    'PAUSED',
    'SUSPENDED',
    'ERROR',
    'BUILD',
    'REBUILD',
    'RESCUE',
    'SHELVED',
    'SHELVED_OFFLOADED',
  ],
} as const satisfies Record<Action, readonly Status[]>

export function allows(action: Action, { status }: Pick<Server, 'status'>): boolean {
  return (can[action] as readonly string[]).includes(status)
}

/** Throws Trouble `instance-state`. */
export function demand(action: Action, server: Pick<Server, 'name' | 'status'>): void {
  if (!allows(action, server)) throw new Trouble(wrongState(action, server))
}

function wrongState(action: Action, { name, status }: Pick<Server, 'name' | 'status'>): Fault {
  return {
    code: 'instance-state',
    title: `${name} is ${status}, which does not allow: ${action}`,
    why: `Nova takes it in ${can[action].join(', ')}`,
    fix: 'look again in a minute with: bateau class status; a teacher may change the state in the dashboard',
  }
}
