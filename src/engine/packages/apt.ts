// Decides which Debian packages make the cloud, and that none of their services starts before it is configured.
// Leaves where packages come from to the host's own apt configuration, and every setting to the services' files.
import type { Site } from '../../core/site.ts'
import { shell, type HostStep } from '../../core/step.ts'

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
    site.facts.arch === 'aarch64' ? 'qemu-system-arm' : 'qemu-system-x86',
    'qemu-utils',
    'uwsgi-plugin-python3',
    'python3-keystoneauth1',
    'openstack-dashboard',
    'nginx',
    'openssl',
    'curl',
  ]
}

/** Units that the packages enable; each is enabled again by the step that configures it, should it be needed. */
const enabledByPackages = [
  'keystone',
  'placement-api',
  'glance-api',
  'nova-api',
  'nova-api-metadata',
  'nova-compute',
  'nova-conductor',
  'nova-novncproxy',
  'nova-scheduler',
  'nova-serialproxy',
  'nova-spicehtml5proxy',
  'neutron-api',
  'neutron-ovn-maintenance-worker',
  'openvswitch-switch',
  'ovn-central',
  'ovn-host',
  'memcached',
  'rabbitmq-server',
  'nginx',
]

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

/**
 * While packages are unpacked, policy-rc.d (Debian's invoke-rc.d) answers 101: no service starts. A policy of the
 * host's own stays as it is. A cut run leaves ours behind; the next run of this step takes it away.
 */
const withoutStarting = (work: string) =>
  `policy=/usr/sbin/policy-rc.d
if ! [ -e $policy ] || grep -q 'made by bateau' $policy; then
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  printf '#!/bin/sh\\n# made by bateau while it installs packages\\nexit 101\\n' > $policy
  chmod 0755 $policy
fi
${work}`

export function aptSteps(site: Site): HostStep[] {
  const names = packageNames(site)
  const apt = [
    'export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8',
    'dpkg --configure -a --force-confold',
    'apt-get -q -o DPkg::Lock::Timeout=600 update',
    [
      'apt-get -q -y --no-install-recommends',
      '-o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold',
      `install ${names.join(' ')}`,
    ].join(' '),
    // A reboot before they are configured must not start them: they would listen everywhere, or fail for ever.
    `for unit in ${enabledByPackages.join(' ')}; do
  test -e /etc/systemd/system/$unit.service.d/bateau.conf || set -- "$@" $unit.service
done
test $# = 0 || systemctl --quiet --no-reload disable "$@"`,
  ].join('\n')
  return [
    {
      id: 'openstack/packages',
      title: "OpenStack: Debian's packages",
      because: `the cloud is OpenStack ${site.engine.release} as Debian 13 ships it`,
      files: [],
      run: [
        { argv: ['debconf-set-selections'], stdin: `${preseed.join('\n')}\n` },
        { ...shell(withoutStarting(apt)), idleSeconds: 600 },
      ],
      verify: [
        shell(
          `test "$(dpkg-query -W -f '\${db:Status-Abbrev}\\n' ${names.join(' ')} | grep -c '^ii')" = ${names.length}
! grep -qs 'made by bateau' /usr/sbin/policy-rc.d`,
        ),
      ],
      after: [],
    },
  ]
}
