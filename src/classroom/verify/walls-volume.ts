// Decides the walls of Cinder: volumes and quotas of others, in clouds that have block storage.
// Leaves those of the other services to their files, and what an answer means to wall.
import type { ServiceCall } from '../../cloud/session.ts'
import type { DecoyPart } from './decoy.ts'
import { throughName } from './mark.ts'
import { foreignIn, type Target, type Wall } from './wall.ts'

const volume: readonly DecoyPart[] = ['volume']

/** Null in a cloud without block storage: there is no wall, and nothing behind it. */
const call = (
  { hasVolumes }: Target,
  method: ServiceCall['method'],
  path: string,
  more: Pick<ServiceCall, 'json' | 'query'> = {},
): ServiceCall | null =>
  hasVolumes ? { service: 'volume', what: `${method} ${path}`, method, path, ...more } : null

const onVolume =
  (method: ServiceCall['method'], below = '', json?: object) =>
  (target: Target) =>
    call(target, method, `/volumes/${target.decoy.volume ?? ''}${below}`, json === undefined ? {} : { json })

/** Cinder names the project of a volume to its owner and to administrators. */
const listed = (json: unknown, { me, decoy }: Target) =>
  foreignIn(
    json,
    'volumes',
    (one) => one['id'] === decoy.volume || (one[tenant] !== undefined && one[tenant] !== me.projectId),
  )
const tenant = 'os-vol-tenant-attr:tenant_id'

export const volumeWalls: readonly Wall[] = [
  {
    name: 'volume-list',
    deed: "see another's volume in the list",
    about: volume,
    call: (target) => call(target, 'GET', '/volumes/detail'),
    foreign: listed,
  },
  {
    name: 'volume-list-all',
    deed: "list everybody's volumes (all_tenants)",
    about: volume,
    call: (target) => call(target, 'GET', '/volumes/detail', { query: { all_tenants: '1' } }),
    foreign: listed,
  },
  { name: 'volume-get', deed: "see another's volume", about: volume, call: onVolume('GET') },
  {
    name: 'volume-rename',
    deed: "rename another's volume",
    about: volume,
    call: (target) => onVolume('PUT', '', { volume: { name: throughName(target.course) } })(target),
  },
  {
    name: 'volume-attach',
    deed: "attach another's volume",
    about: volume,
    // What Nova asks of Cinder first: let through, the volume is taken, and nothing is written to it.
    call: onVolume('POST', '/action', { 'os-reserve': null }),
  },
  {
    name: 'volume-reset',
    deed: "set the state of another's volume",
    about: volume,
    call: onVolume('POST', '/action', { 'os-reset_status': { status: 'error' } }),
  },
  {
    name: 'quota-volume-own',
    deed: 'set the own quota of volumes (the value that it has)',
    about: [],
    // The same number again: were it let through, nothing would change.
    call: (target) =>
      target.quota === null || target.quota.volumes === null
        ? null
        : call(target, 'PUT', `/os-quota-sets/${target.me.projectId}`, {
            json: { quota_set: { volumes: target.quota.volumes } },
          }),
  },
  {
    name: 'quota-volume-other',
    deed: "raise another's quota of volumes",
    about: ['project'],
    call: (target) =>
      call(target, 'PUT', `/os-quota-sets/${target.decoy.project ?? ''}`, {
        json: { quota_set: { volumes: 11 } },
      }),
  },
  { name: 'volume-delete', deed: "delete another's volume", about: volume, call: onVolume('DELETE') },
]
