// Decides which Debian packages make the cloud, and that none of their services starts before it is configured.
// Leaves where packages come from to the host's own apt configuration, and every setting to the services' files.
import type { Site } from '../../core/site.ts'
import { command, shell, type HostStep } from '../../core/step.ts'
import { heldBack } from '../units.ts'

/** Everything that the engine asks apt for; the rest comes as dependencies. Debian 13 (trixie) names. */
export function packageNames(site: Site): readonly string[] {
  return [
    'mariadb-server',
    'rabbitmq-server',
    'memcached',
    'keystone',
    'placement-api',
    'glance-api',
    'nova-api',
    'nova-conductor',
    'nova-scheduler',
    'nova-consoleproxy',
    // nova-compute-qemu would pull in every emulator of QEMU; which accelerator is used is a setting, not a package.
    'nova-compute-kvm',
    'neutron-api',
    'neutron-ovn-maintenance-worker',
    'openvswitch-switch',
    'ovn-central',
    'ovn-host',
    'libvirt-daemon-system',
    ['aarch64', 'arm64'].includes(site.facts.arch) ? 'qemu-system-arm' : 'qemu-system-x86',
    'qemu-utils',
    'uwsgi-plugin-python3',
    'python3-keystoneauth1',
    // Half of what Neutron does is in SQLAlchemy and below it: with both in C it takes a fifth less of the processor.
    'python3-sqlalchemy-ext',
    'python3-mysqldb',
    'openstack-dashboard',
    'nginx',
    'openssl',
    'curl',
  ]
}

/** Answers to the packages' questions: nothing is set up by them, no database and no endpoint. */
const preseed = [
  'keystone keystone/configure_db boolean false',
  'keystone keystone/create-admin-tenant boolean false',
  'keystone keystone/register-endpoint boolean false',
  'placement-common placement/configure_db boolean false',
  'placement-api placement/register-endpoint boolean false',
  'glance-common glance/configure_db boolean false',
  'glance-common glance/configure_ksat boolean false',
  'glance-api glance/register-endpoint boolean false',
  'nova-common nova/configure_db boolean false',
  'nova-api nova/register-endpoint boolean false',
  'neutron-common neutron/configure_db boolean false',
  'neutron-api neutron/register-endpoint boolean false',
]

/** Units that the packages start and enable, and that must wait for their configuration, or never run at all. */
const units = [
  'mariadb.service',
  'epmd.socket',
  'epmd.service',
  'rabbitmq-server.service',
  'memcached.service',
  'keystone.service',
  'placement-api.service',
  'glance-api.service',
  'nova-api.service',
  'nova-api-metadata.service',
  'nova-compute.service',
  'nova-conductor.service',
  'nova-novncproxy.service',
  'nova-scheduler.service',
  'nova-serialproxy.service',
  'nova-spicehtml5proxy.service',
  'neutron-api.service',
  'neutron-ovn-maintenance-worker.service',
  'ovsdb-server.service',
  'ovs-vswitchd.service',
  'ovs-record-hostname.service',
  'ovn-controller.service',
  'ovn-northd.service',
  'ovn-ovsdb-server-nb.service',
  'ovn-ovsdb-server-sb.service',
  'libvirt-guests.service',
  'iscsid.socket',
  'iscsid.service',
  'open-iscsi.service',
  'nginx.service',
] as const

export function aptSteps(site: Site): HostStep[] {
  const names = packageNames(site)
  const apt = [
    'apt-get -q -y --no-install-recommends',
    '-o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold',
  ].join(' ')
  const script = [
    'export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8',
    // What a cut run left half installed.
    'dpkg --configure -a --force-confold',
    'apt-get -q -o DPkg::Lock::Timeout=600 update',
    `${apt} install ${names.join(' ')}`,
  ].join('\n')
  return [
    {
      id: 'openstack/packages',
      title: "OpenStack: Debian's packages",
      because: `the cloud is OpenStack ${site.engine.release} as Debian 13 ships it`,
      files: units.map(heldBack),
      run: [
        command('systemctl', 'daemon-reload'),
        { argv: ['debconf-set-selections'], stdin: `${preseed.join('\n')}\n` },
        { ...shell(script), idleSeconds: 600 },
      ],
      verify: [
        shell(
          `test "$(dpkg-query -W -f '\${db:Status-Abbrev}\\n' ${names.join(' ')} | grep -c '^ii')" = ${names.length}`,
        ),
      ],
      after: [],
    },
  ]
}
