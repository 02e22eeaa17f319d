// Decides how Neutron runs: ML2 with OVN, flat physnets for the outside, Geneve for tenants.
// Leaves networks, subnets and routers to the classroom, bridges to ovs.ts.
import { bridges, type Site } from '../../core/site.ts'
import { command, file, shell, type HostStep } from '../../core/step.ts'
import { ini } from '../../render/ini.ts'
import { apiFiles } from './apps.ts'
import { tableExists } from './mariadb.ts'
import { datapath, geneve, outerBridges, switchPorts } from '../switch.ts'
import { ports } from './ports.ts'
import { internalUrl } from '../urls.ts'
import { authtoken, behindFront, database, serviceUser, transportUrl } from './settings.ts'
import { active, answers, dropIn, restart } from '../units.ts'
import { workers } from './workers.ts'

export const neutronConfigPaths = [
  '/etc/neutron/neutron.conf',
  '/etc/neutron/plugins/ml2/ml2_conf.ini',
] as const

export function neutronSteps(site: Site): HostStep[] {
  const [main, ml2] = neutronConfigPaths
  const config = [
    file(
      main,
      ini({
        DEFAULT: {
          auth_strategy: 'keystone',
          core_plugin: 'ml2',
          service_plugins: 'ovn-router',
          bind_host: '::1',
          api_workers: workers(site).neutron,
          rpc_workers: 0,
          host: site.name,
          state_path: '/var/lib/neutron',
          transport_url: transportUrl(site),
          notify_nova_on_port_status_changes: true,
          notify_nova_on_port_data_changes: true,
          global_physnet_mtu: site.addressing.tenantMtu + geneve.outer + geneve.header,
        },
        agent: {
          root_helper: 'sudo /usr/bin/neutron-rootwrap /etc/neutron/rootwrap.conf',
        },
        database: database(site, 'neutron'),
        oslo_concurrency: { lock_path: '/var/lock/neutron' },
        oslo_middleware: behindFront,
        keystone_authtoken: authtoken(site, 'neutron'),
        nova: { ...serviceUser(site, 'neutron'), endpoint_type: 'internal' },
        placement: { ...serviceUser(site, 'neutron'), endpoint_type: 'internal' },
      }),
      '0640',
      'root:neutron',
    ),
    file(
      ml2,
      ini({
        ml2: {
          type_drivers: 'flat,geneve',
          tenant_network_types: 'geneve',
          mechanism_drivers: 'ovn',
          extension_drivers: 'port_security',
          overlay_ip_version: 6,
        },
        ml2_type_flat: {
          flat_networks: outerBridges(site)
            .map(({ physnet }) => physnet)
            .join(','),
        },
        ml2_type_geneve: { vni_ranges: '1:4096', max_header_size: geneve.header },
        securitygroup: { enable_security_group: true },
        ovn: {
          ovn_nb_connection: `tcp:[::1]:${switchPorts.ovnNorthbound}`,
          ovn_sb_connection: `tcp:[::1]:${switchPorts.ovnSouthbound}`,
          // Instances are told who they are by a config drive (nova.ts).
          ovn_metadata_enabled: false,
          // In user space segments are whole when their length is checked: 5 MB took 25 s instead of 0.4 s.
          ovn_emit_need_to_frag: datapath(site) === 'system',
          ovsdb_log_level: 'WARNING',
        },
        ovs: { integration_bridge: bridges.integration, ovsdb_connection: `tcp:[::1]:${switchPorts.ovsdb}` },
      }),
      '0640',
      'root:neutron',
    ),
  ]
  const configArgs = neutronConfigPaths.map((path) => `--config-file=${path}`)
  // Only the API, which has threads of its own under uWSGI: the maintenance worker is on eventlet.
  const ofApi = file(
    '/etc/neutron/bateau-api.conf',
    ini({ database: database(site, 'neutron', { driver: 'mysqldb' }) }),
    '0640',
    'root:neutron',
  )
  const needs = [
    'mariadb.service',
    'rabbitmq-server.service',
    'memcached.service',
    'keystone.service',
    'ovn-central.service',
  ]
  return [
    {
      id: 'openstack/neutron/sync',
      title: 'Neutron: database schema',
      because: 'tables come before the service',
      files: config,
      run: [
        {
          ...command(
            'runuser',
            '-u',
            'neutron',
            '--',
            'neutron-db-manage',
            ...configArgs,
            'upgrade',
            'heads',
          ),
          idleSeconds: 600,
        },
      ],
      verify: [tableExists('neutron', 'alembic_version')],
      after: ['openstack/mariadb/schemas'],
    },
    {
      id: 'openstack/neutron',
      title: 'Neutron',
      because: 'networks, addresses, routers and security groups',
      files: [
        ...config,
        ofApi,
        ...apiFiles({
          unit: 'neutron-api',
          user: 'neutron',
          port: ports.network,
          wsgiFile: '/usr/bin/neutron-api',
          processes: workers(site).neutron,
          threads: 1,
          needs,
          more: {
            paste: 'config:/etc/neutron/api-paste.ini',
            pyargv: [...configArgs, `--config-file=${ofApi.path}`].join(' '),
            // The workers of one start recognise each other by it (OVN hash ring).
            'start-time': '%t',
          },
        }),
        file(`/etc/systemd/system/${maintenance}`, maintenanceUnit(configArgs)),
        dropIn({ unit: maintenance, needs: [...needs, 'neutron-api.service'] }),
      ],
      run: restart('neutron-api.service', maintenance),
      verify: [
        ...active('neutron-api.service', maintenance),
        answers(internalUrl(ports.network, '/')),
        shell(connected),
      ],
      after: ['openstack/neutron/sync', 'openstack/identities', 'openstack/rabbitmq', 'openstack/ovn'],
    },
  ]
}

const maintenance = 'neutron-ovn-maintenance-worker.service'

/** True when the worker (it calls itself `neutron-server:`) holds a connection to OVN's northbound database: the first sign of life that it gives. */
const connected = `ss -Htnp dst [::1]:${switchPorts.ovnNorthbound} | grep -q neutron-server:`

/** Debian ships an init script only, under which a worker that dies stays dead and looks started. */
const maintenanceUnit = (configArgs: readonly string[]) =>
  [
    '[Unit]',
    'Description=Neutron: keeps OVN in step with the database',
    'After=network.target',
    '',
    '[Service]',
    'User=neutron',
    'Group=neutron',
    'WorkingDirectory=/var/lib/neutron',
    `ExecStart=/usr/bin/neutron-ovn-maintenance-worker ${configArgs.join(' ')}`,
    `ExecStartPost=+/bin/sh -c 'until ${connected}; do sleep 0.5; done'`,
    'TimeoutStartSec=300',
    'KillMode=mixed',
    'TimeoutStopSec=15',
    'LimitNOFILE=65535',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
  ].join('\n')
