// Decides what local.conf says for a server: everything on loopback behind bateau's own front, bridges without the uplink.
// Leaves networks, students and images to the classroom, the text to render/, what differs by release to release-facts.ts.
import { opendev } from '../../core/release.ts'
import type { Site } from '../../core/site.ts'
import { type Assignment, localConf, type LocalConf, type ServiceCall } from '../../render/local-conf.ts'
import { secret } from '../secrets.ts'
import { bridgeMappings, datapath, geneve, outerBridges } from '../switch.ts'
import { publicUrl } from '../urls.ts'
import { listening } from './listening.ts'
import { alone, type Node } from './node.ts'
import { places } from './places.ts'
import { type DevstackSite, releaseFacts } from './release-facts.ts'
import { merged } from './merged.ts'
import { budget } from './size.ts'

type Line = Assignment | ServiceCall

const set = (name: string, value: string | number | boolean, why: string): Assignment => ({
  name,
  value: typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value),
  why,
})

/** The whole file. Pure; secrets stand in it as references. */
export function renderLocalConf(site: DevstackSite, node: Node = alone): string {
  const conf: LocalConf = {
    head: [
      `Written by bateau for ${site.name}: DevStack ${site.engine.release}, ${node.role}.`,
      'Changed by hand it is lost at the next `bateau up`.',
      '',
      'What is read only when DevStack makes networks is right all the same, for a stack.sh by hand:',
      'bateau: accept no-effect',
      'The address of tunnels is written again without brackets, once stack.sh has ended:',
      'bateau: accept tunnel-in-brackets',
    ],
    local: [
      ...passwords(node.role === 'compute' ? node.controller.site : site),
      ...listening(site, node),
      ...source(site),
      ...services(site, node),
      ...networks(site, node),
      ...compute(site, node),
      ...images(site),
      ...size(site),
      ...following,
    ],
    merged: merged(site, node),
  }
  return localConf(conf)
}

/** Letters and digits only, each its own: one that leaks opens one service. */
const passwords = (controller: Site): Line[] => [
  set(
    'ADMIN_PASSWORD',
    secret(controller, 'keystone/admin'),
    'The administrator. stack.sh would ask for each of these four.',
  ),
  set(
    'DATABASE_PASSWORD',
    secret(controller, 'devstack/database'),
    'The database, which only services on this server ask.',
  ),
  set('RABBIT_PASSWORD', secret(controller, 'devstack/rabbit'), 'The message queue.'),
  set('SERVICE_PASSWORD', secret(controller, 'devstack/service'), "The services' own users in Keystone."),
]

const source = ({ engine }: DevstackSite): Line[] =>
  engine.gitBase === opendev ? [] : [set('GIT_BASE', engine.gitBase, 'Where OpenStack is cloned from.')]

function services(site: DevstackSite, node: Node): Line[] {
  const { metadataAgent } = releaseFacts[site.engine.release]
  if (node.role === 'compute')
    return [
      set(
        'ENABLED_SERVICES',
        'n-cpu,placement-client,ovn-controller,ovs-vswitchd,ovsdb-server',
        'Instances only; everything else is on the controller.',
      ),
    ]
  const off = (services: readonly string[], why: string): ServiceCall => ({
    call: 'disable_service',
    services,
    why,
  })
  return [
    {
      call: 'enable_service',
      services: ['openstack-cli-server'],
      why: 'Keeps one client in memory instead of starting Python for each call; switched off when stack.sh has ended.',
    },
    off(['tempest', 'dstat', 'etcd3'], 'Tests, statistics and a lock manager that a class has no use for.'),
    ...(site.engine.cinder
      ? []
      : [
          off(
            ['c-api', 'c-sch', 'c-vol', 'c-bak'],
            'Instances live beside the hypervisor: volumes on the disk of the host made the first class collapse.',
          ),
        ]),
    off(
      ['n-api-meta', metadataAgent],
      'Instances are told who they are by a config drive, which works on every network.',
    ),
    ...(releaseFacts[site.engine.release].asksForNeutronUwsgi
      ? [
          set(
            'NEUTRON_DEPLOY_MOD_WSGI',
            true,
            'Neutron at /networking, as in every later release; the other way listens on port 9696.',
          ),
        ]
      : []),
  ]
}

/**
 * The block is routed to the server, so no interface is moved into br-ex: PUBLIC_INTERFACE stays unset. bateau makes
 * the networks by the API; those of DevStack would have no SLAAC and take the physical network `public`.
 */
function networks(site: DevstackSite, node: Node): Line[] {
  const { public: direct, pool } = site.addressing
  return [
    set('IP_VERSION', 6, 'Networks of instances are IPv6 only.'),
    set(
      'NEUTRON_CREATE_INITIAL_NETWORKS',
      false,
      "bateau makes the networks; DevStack's own have no SLAAC, and only one network fits on a physical one.",
    ),
    set(
      'IPV6_PUBLIC_RANGE',
      String(direct.prefix),
      'One /64 of the block. Read only when DevStack makes networks; right all the same, for a stack.sh by hand.',
    ),
    set(
      'IPV6_PUBLIC_NETWORK_GATEWAY',
      String(direct.host),
      'Must be an address of this host: DevStack puts it on br-ex.',
    ),
    ...(pool
      ? [
          set(
            'IPV6_ADDRS_SAFE_TO_USE',
            String(pool),
            'Where tenant networks get their /64s from: routed addresses, without the public /64.',
          ),
        ]
      : []),
    set(
      'OVN_BRIDGE_MAPPINGS',
      bridgeMappings(site),
      'Physical networks and their bridges: instances directly, and gateways of class routers. Read only when DevStack makes networks; set again afterwards.',
    ),
    set(
      'Q_ML2_PLUGIN_FLAT_TYPE_OPTIONS',
      `flat_networks=${outerBridges(site)
        .map(({ physnet }) => physnet)
        .join(',')}`,
      'Both are untagged.',
    ),
    set(
      'OVN_GENEVE_OVERHEAD',
      geneve.header,
      `Bytes of a tunnel's header with its options: networks get an MTU of ${site.addressing.tenantMtu}, as planned.`,
    ),
    ...(datapath(site) === 'system'
      ? []
      : [set('OVS_DATAPATH_TYPE', datapath(site), 'The kernel has no openvswitch: ovs-vswitchd forwards.')]),
    ...(node.role === 'compute'
      ? [
          set(
            'ENABLE_CHASSIS_AS_GW',
            false,
            "The block is the controller's: routers have their gateway there.",
          ),
        ]
      : []),
    ...(site.resolvers.length > 0
      ? [
          set(
            'OVN_DNS_SERVERS',
            site.resolvers.join(','),
            'The default is 8.8.8.8, which an instance with IPv6 alone does not reach.',
          ),
        ]
      : []),
  ]
}

function compute(site: DevstackSite, node: Node): Line[] {
  const { kvm } = site.facts
  return [
    // The default is kvm, and falls back to qemu with a warning: the step that runs stack.sh looks.
    ...(kvm ? [] : [set('LIBVIRT_TYPE', 'qemu', '/dev/kvm does not open here.')]),
    set(
      'LIBVIRT_CPU_MODE',
      kvm ? 'host-passthrough' : 'none',
      kvm
        ? "The host's processor; the default is a Nehalem, on which newer distributions do not start."
        : 'QEMU without KVM has a processor of its own.',
    ),
    set('FORCE_CONFIG_DRIVE', true, 'IPv6 without DHCP: nothing else reaches every instance.'),
    ...(node.role === 'compute'
      ? []
      : [
          set(
            'NOVNC_FROM_PACKAGE',
            true,
            "The distribution's noVNC; the other is cloned from GitHub, which has no IPv6.",
          ),
          set(
            'NOVNCPROXY_URL',
            publicUrl(site, '/console/vnc_lite.html?path=console/websockify'),
            'Consoles are shown through the front, by TLS.',
          ),
        ]),
    set(
      'NOVA_SERVICE_REPORT_INTERVAL',
      10,
      'Seconds. With 120, a compute service that died looks well for 12 minutes.',
    ),
    set('SERVICE_TIMEOUT', 240, 'Seconds that a service may take to come up: 60 are short on a busy disk.'),
  ]
}

const images = ({ engine }: DevstackSite): Line[] => [
  set('DOWNLOAD_DEFAULT_IMAGES', false, 'CirrOS comes from GitHub, and nobody in a class asks for it.'),
  set(
    'IMAGE_URLS',
    engine.imageUrls.join(','),
    'Images that the course file names; those of the course come by the API.',
  ),
  set(
    'GLANCE_ENABLE_QUOTAS',
    false,
    "The default gives 2000 MB to all images of a project: a class's own do not fit.",
  ),
]

function size(site: DevstackSite): Line[] {
  const { workers, bigDatabase } = budget(site)
  return [
    set(
      'API_WORKERS',
      workers,
      `For ${site.facts.cores} cores and ${Math.round(site.facts.memoryMiB / 1024)} GiB.`,
    ),
    ...(bigDatabase
      ? [set('MYSQL_REDUCE_MEMORY', false, 'A whole class asks at once: its tables stay in memory.')]
      : []),
    set('MYSQL_GATHER_PERFORMANCE', false, 'Counts every query, for tests.'),
    set('ENABLE_DEBUG_LOG_LEVEL', false, 'Debug logs fill a disk within weeks.'),
    set('DEBUG_LIBVIRT', false, 'The same.'),
  ]
}

const following: Line[] = [
  set('LOGFILE', places.log, 'Without it there is no log at all.'),
  set('VERBOSE', false, 'Standard output has the phases; everything else is in the log.'),
  set('LOG_COLOR', false, 'For reading by a program.'),
  set('LOGDAYS', 30, 'Days that old logs are kept.'),
]
