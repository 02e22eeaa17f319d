// Decides the walls of Nova: instances, key pairs, quotas and machines of others.
// Leaves those of the other services to their files, and what an answer means to wall.
import { computeHeaders } from '../../cloud/compute.ts'
import type { ServiceCall } from '../../cloud/session.ts'
import type { DecoyPart } from './decoy.ts'
import { decoyName, throughName, verifyTag, verifyText } from './mark.ts'
import { foreignIn, type Target, type Wall } from './wall.ts'

const call = (
  method: ServiceCall['method'],
  path: string,
  more: Pick<ServiceCall, 'json' | 'query'> = {},
): ServiceCall => ({
  service: 'compute',
  headers: computeHeaders,
  what: `${method} ${path}`,
  method,
  path,
  ...more,
})

const onServer =
  (method: ServiceCall['method'], below = '', json?: object) =>
  ({ decoy }: Target) =>
    call(method, `/servers/${decoy.server ?? ''}${below}`, json === undefined ? {} : { json })

const server = (name: string, deed: string, tried: Wall['call']): Wall => ({
  name,
  deed,
  about: ['server'],
  call: tried,
})
const listed = (json: unknown, { me }: Target) =>
  foreignIn(json, 'servers', (one) => one['tenant_id'] !== me.projectId)

/** `create` with what the student has, plugged into `where`. */
const boot = (
  { course, imageId, flavorId }: Target,
  where: { uuid: string | undefined } | { port: string | undefined },
) =>
  imageId === null || flavorId === null || Object.values(where)[0] === undefined
    ? null
    : call('POST', '/servers', {
        json: {
          server: {
            name: throughName(course),
            imageRef: imageId,
            flavorRef: flavorId,
            networks: [where],
            tags: [verifyTag(course)],
          },
        },
      })

const pair = ({ course }: Target) => `/os-keypairs/${decoyName(course)}`
const pairs: readonly DecoyPart[] = ['keypair']
const as = ({ decoy }: Target) => ({ user_id: decoy.user ?? '' })

export const computeWalls: readonly Wall[] = [
  {
    ...server('server-list', "see another's instance in the list", () => call('GET', '/servers/detail')),
    foreign: listed,
  },
  {
    ...server('server-list-all', "list everybody's instances (all_tenants)", () =>
      call('GET', '/servers/detail', { query: { all_tenants: '1' } }),
    ),
    foreign: listed,
  },
  server('server-get', "see another's instance", onServer('GET')),
  server('server-console-log', "read the console of another's instance", (target) => ({
    ...onServer('POST', '/action', { 'os-getConsoleOutput': { length: 1 } })(target),
  })),
  server(
    'server-console',
    "open the screen of another's instance",
    onServer('POST', '/remote-consoles', { remote_console: { protocol: 'vnc', type: 'novnc' } }),
  ),
  server('server-start', "start another's instance", onServer('POST', '/action', { 'os-start': null })),
  server('server-stop', "stop another's instance", onServer('POST', '/action', { 'os-stop': null })),
  server(
    'server-reboot',
    "reboot another's instance",
    onServer('POST', '/action', { reboot: { type: 'HARD' } }),
  ),
  server('server-rename', "rename another's instance", ({ course, ...rest }) =>
    onServer('PUT', '', { server: { name: throughName(course) } })({ course, ...rest }),
  ),
  {
    ...server('server-attach', "plug a network into another's instance", (target) =>
      onServer('POST', '/os-interface', { interfaceAttachment: { net_id: target.decoy.network } })(target),
    ),
    about: ['server', 'network'],
  },
  {
    ...server('server-on-network', 'start an instance on a network of another', (target) =>
      boot(target, { uuid: target.decoy.network }),
    ),
    about: ['network', 'subnet'],
  },
  {
    ...server('server-on-port', 'start an instance on a port of another', (target) =>
      boot(target, { port: target.decoy.port }),
    ),
    about: ['port'],
  },
  {
    name: 'keypair-list',
    deed: "list another's key pairs",
    about: pairs,
    call: (target) => call('GET', '/os-keypairs', { query: as(target) }),
    foreign: (json, { course }) =>
      foreignIn(
        json,
        'keypairs',
        (one) => (one['keypair'] as { name?: string } | undefined)?.name === decoyName(course),
      ),
  },
  {
    name: 'keypair-get',
    deed: "see another's key pair",
    about: pairs,
    call: (target) => call('GET', pair(target), { query: as(target) }),
  },
  {
    name: 'keypair-add',
    deed: "put a key pair into another's account",
    about: ['user'],
    call: ({ course, decoy }) =>
      call('POST', '/os-keypairs', {
        json: {
          keypair: {
            name: throughName(course),
            type: 'ssh',
            user_id: decoy.user,
            public_key:
              'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea through',
          },
        },
      }),
  },
  {
    name: 'quota-compute-own',
    deed: 'set the own quota of instances (the value that it has)',
    about: [],
    // The same number again: were it let through, nothing would change.
    call: ({ me, quota }) =>
      quota === null
        ? null
        : call('PUT', `/os-quota-sets/${me.projectId}`, {
            json: { quota_set: { instances: quota.instances } },
          }),
  },
  {
    name: 'quota-compute-other',
    deed: "raise another's quota of instances",
    about: ['project'],
    call: ({ decoy }) =>
      call('PUT', `/os-quota-sets/${decoy.project ?? ''}`, { json: { quota_set: { instances: 2 } } }),
  },
  {
    name: 'flavor-add',
    deed: 'make a flavor',
    about: [],
    call: ({ course }) =>
      call('POST', '/flavors', {
        json: {
          flavor: {
            name: throughName(course),
            vcpus: 1,
            ram: 64,
            disk: 1,
            'os-flavor-access:is_public': false,
            description: verifyText(course, 'let through'),
          },
        },
      }),
  },
  {
    name: 'hypervisor-list',
    deed: 'list the machines of the cloud',
    about: [],
    call: () => call('GET', '/os-hypervisors/detail'),
  },
  {
    ...server('server-delete', "delete another's instance", onServer('DELETE')),
  },
  {
    name: 'keypair-delete',
    deed: "delete another's key pair",
    about: pairs,
    call: (target) => call('DELETE', pair(target), { query: as(target) }),
  },
]
