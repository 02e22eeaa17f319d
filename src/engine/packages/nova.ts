// Decides how Nova's control services run: API, scheduler, conductor and console proxy, one cell.
// Leaves the hypervisor to compute.ts.
import type { Site } from '../../core/site.ts'
import { command, file, shell, type HostStep, type RenderedFile } from '../../core/step.ts'
import { ini } from '../../render/ini.ts'
import { apiFiles } from './apps.ts'
import { tableExists } from './mariadb.ts'
import { ports } from './ports.ts'
import { internalUrl, publicUrl, region } from '../urls.ts'
import {
  authtoken,
  behindFront,
  cache,
  credentials,
  database,
  serviceUser,
  transportUrl,
} from './settings.ts'
import { active, answers, dropIn, restart } from '../units.ts'
import { switchPorts } from '../switch.ts'
import { workers } from './workers.ts'

/**
 * MiB kept from instances. The services take about 2200 when idle and 2750 in use (proportional set size, two workers
 * each for Nova's and Neutron's API, measured with these packages on two cores, before Keystone had a second process of 115); the rest is the kernel's and the
 * page cache's, and two more workers of each on bigger machines.
 */
export const reservedMemoryMiB = 4096

/** Shared by every part of Nova on the server. */
export function novaConfig(site: Site): RenderedFile {
  return file(
    '/etc/nova/nova.conf',
    ini({
      DEFAULT: {
        my_ip: '::1',
        use_ipv6: true,
        host: site.name,
        state_path: '/var/lib/nova',
        transport_url: transportUrl(site),
        enabled_apis: 'osapi_compute',
        // No metadata service: a config drive needs no network and works on every network.
        force_config_drive: true,
        resume_guests_state_on_host_boot: true,
        reserved_host_memory_mb: reservedMemoryMiB,
        // Students' instances idle most of the time; memory is promised twice only when the course says so. Not the
        // `initial_` settings: those count once, and a course file that changes later would change nothing.
        cpu_allocation_ratio: Math.max(16, site.overcommit?.vcpus ?? 16),
        ram_allocation_ratio: site.overcommit?.ram ?? 1,
      },
      api: { auth_strategy: 'keystone' },
      api_database: database(site, 'nova', { schema: 'nova_api' }),
      database: database(site, 'nova'),
      cache,
      conductor: { workers: 1 },
      scheduler: { workers: 1 },
      oslo_concurrency: { lock_path: '/var/lock/nova' },
      oslo_middleware: behindFront,
      // The API's heartbeat thread would stop with each idle uWSGI worker; loopback needs none.
      oslo_messaging_rabbit: { heartbeat_timeout_threshold: 0 },
      glance: { valid_interfaces: 'internal', region_name: region },
      vnc: {
        enabled: true,
        server_listen: '::1',
        server_proxyclient_address: '::1',
        novncproxy_host: '::1',
        novncproxy_port: ports.console,
        novncproxy_base_url: publicUrl(site, '/console/vnc_lite.html?path=console/websockify'),
      },
      spice: { enabled: false },
      os_vif_ovs: { ovsdb_connection: `tcp:[::1]:${switchPorts.ovsdb}` },
      keystone_authtoken: authtoken(site, 'nova'),
      placement: credentials(site, 'nova'),
      neutron: credentials(site, 'nova'),
      service_user: { ...serviceUser(site, 'nova'), send_service_user_token: true },
    }),
    '0640',
    'root:nova',
  )
}

const manage = (...argv: string[]) => ({
  ...command('runuser', '-u', 'nova', '--', 'nova-manage', ...argv),
  idleSeconds: 600,
})

/**
 * Nova fills these from its own configuration each time, so a new password needs no change in the database. Its
 * `{hostname}` loses the brackets of an IPv6 literal.
 */
const cell = {
  transport: '{scheme}://{username}:{password}@[::1]:{port}/{path}',
  database: '{scheme}://{username}:{password}@[::1]:{port}/{path}?{query}',
} as const

export function novaSteps(site: Site): HostStep[] {
  const config = novaConfig(site)
  const base = ['mariadb.service', 'rabbitmq-server.service', 'memcached.service', 'keystone.service']
  const units = ['nova-api', 'nova-scheduler', 'nova-conductor', 'nova-novncproxy'].map(
    (unit) => `${unit}.service`,
  )
  return [
    {
      id: 'openstack/nova/sync',
      title: 'Nova: database schemas and the cell',
      because: 'tables come before the services; instances live in one cell',
      files: [config],
      run: [
        manage('api_db', 'sync'),
        manage(
          'cell_v2',
          'map_cell0',
          '--database_connection',
          cell.database.replace('{path}', 'nova_cell0'),
        ),
        // Exit code 2: the cell is there.
        {
          ...shell(`runuser -u nova -- nova-manage cell_v2 create_cell --name=cell1 \\
  --transport-url '${cell.transport}' --database_connection '${cell.database}' || test $? = 2`),
          idleSeconds: 120,
        },
        manage('db', 'sync'),
      ],
      verify: [
        tableExists('nova_api', 'cell_mappings'),
        tableExists('nova', 'alembic_version'),
        tableExists('nova_cell0', 'alembic_version'),
      ],
      after: ['openstack/mariadb/schemas'],
    },
    {
      id: 'openstack/nova',
      title: 'Nova: API, scheduler, conductor, console',
      because: 'takes orders for instances and finds them a place',
      files: [
        config,
        ...apiFiles({
          unit: 'nova-api',
          user: 'nova',
          port: ports.compute,
          wsgiFile: '/usr/bin/nova-api-wsgi',
          processes: workers(site).nova,
          // Monkey-patched by eventlet: with more, calls to other parts of Nova hang for a minute and fail.
          threads: 1,
          needs: base,
        }),
        dropIn({ unit: 'nova-scheduler.service', needs: [...base, 'placement-api.service'] }),
        dropIn({ unit: 'nova-conductor.service', needs: [...base, 'placement-api.service'] }),
        dropIn({
          unit: 'nova-novncproxy.service',
          needs: base,
          answers: internalUrl(ports.console, '/vnc_lite.html'),
        }),
        file('/etc/default/nova-consoleproxy', 'NOVA_CONSOLE_PROXY_TYPE=novnc'),
      ],
      run: restart(...units),
      verify: [...active(...units), answers(internalUrl(ports.compute, '/'))],
      after: ['openstack/nova/sync', 'openstack/placement', 'openstack/rabbitmq'],
    },
  ]
}
