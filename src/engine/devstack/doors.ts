// Decides what is changed once stack.sh has come to its end: links and catalogue lead through the front, units come back after a reboot.
// Leaves the front itself to ../front.ts, and networks, students and images to the classroom.
import { command, file, shell, type HostStep, type RenderedFile } from '../../core/step.ts'
import { identitiesScript } from '../identities-script.ts'
import { secret } from '../secrets.ts'
import { bridgeMappings } from '../switch.ts'
import { active, answers, awaitHttp } from '../units.ts'
import { internalUrl, publicUrl, region } from '../urls.ts'
import { databaseUnit, query } from './database.ts'
import { dest, places, python, user } from './places.ts'
import type { DevstackSite } from './release-facts.ts'
import { apiPort } from './stack.ts'
import { ownUnits } from './units.ts'

const script = '/usr/local/lib/bateau/identities'
const horizon = `${dest}/horizon/openstack_dashboard/local/local_settings.d/_9000_bateau.py`

const inside = (path: string) => internalUrl(apiPort, path)

/** Type in the catalogue, name of DevStack's service, and path: the same at Apache and at the front, so that links fit. */
export const apis = [
  { type: 'identity', name: 'keystone', path: '/identity' },
  { type: 'image', name: 'glance', path: '/image' },
  { type: 'compute', name: 'nova', path: '/compute' },
  { type: 'placement', name: 'placement', path: '/placement' },
  { type: 'network', name: 'neutron', path: '/networking' },
] as const

/** Passwords stand in these: in settings, in clients' files, in logs of stack.sh. */
const secretive = [
  '/etc/keystone',
  '/etc/glance',
  '/etc/placement',
  '/etc/nova',
  '/etc/neutron',
  '/etc/openstack',
  `${dest}/logs`,
  places.checkout,
]

/** Files in which a service is told how to ask another one. */
const asking = [
  '/etc/nova/nova.conf',
  '/etc/nova/nova-cpu.conf',
  '/etc/nova/nova_cell1.conf',
  '/etc/neutron/neutron.conf',
  '/etc/glance/glance-api.conf',
  '/etc/placement/placement.conf',
]

export function doorsSteps(site: DevstackSite): HostStep[] {
  return [linksStep(site), catalogueStep(site)]
}

/** `FILE SECTION OPTION VALUE`, a line each, in inc/ini-config's own terms; an empty value takes the option away. */
function options(site: DevstackSite): [file: string, section: string, option: string, value: string][] {
  return [
    // Links in answers are made from the address that was asked, which the front hands on.
    ['/etc/keystone/keystone.conf', 'DEFAULT', 'public_endpoint', ''],
    ['/etc/keystone/keystone.conf', 'oslo_middleware', 'enable_proxy_headers_parsing', 'True'],
    // Apache takes /image away before it asks Glance, and adds to what the front says of the host: only this tells it.
    ['/etc/glance/glance-api.conf', 'DEFAULT', 'public_endpoint', publicUrl(site, '/image')],
    // Neutron tells Nova of ports by the public endpoint, whose certificate its Python does not know.
    ['/etc/neutron/neutron.conf', 'nova', 'endpoint_type', 'internal'],
  ]
}

function linksStep(site: DevstackSite): HostStep {
  const changed = options(site)
  return {
    id: 'openstack/doors',
    title: 'DevStack: behind the front, and back after a reboot',
    because: 'links lead through TLS; units that start before their database try again',
    files: [
      file(horizon, horizonSettings, '0644', `${user}:${user}`),
      ...ownUnits().map((unit) => comesBack(site, unit)),
    ],
    run: [
      {
        ...shell(`exec bash -ec '. ${places.checkout}/inc/ini-config
while IFS="|" read -r file section option value; do
  if [ -n "$value" ]; then iniset -sudo "$file" "$section" "$option" "$value"; else inidelete -sudo "$file" "$section" "$option"; fi
done
# Services ask each other inside: the front shows a certificate that their Python does not know.
sed -i "s/^interface = public$/interface = internal/" ${asking.join(' ')}'`),
        stdin: `${changed.map((one) => one.join('|')).join('\n')}\n`,
      },
      // DevStack puts an IPv6 literal in brackets here, which no tunnel understands (lib/neutron_plugins/ovn_agent, every branch).
      command(
        'ovs-vsctl',
        '--timeout=30',
        'set',
        'Open_vSwitch',
        '.',
        `external_ids:ovn-encap-ip="${site.addressing.service}"`,
        // Without networks of its own DevStack maps the public one only, whatever OVN_BRIDGE_MAPPINGS says.
        `external_ids:ovn-bridge-mappings="${bridgeMappings(site)}"`,
      ),
      // DevStack leaves passwords in files for everybody to read; those who run the services are root and its own user.
      command('chmod', '-R', 'o-rwx', ...secretive),
      command('systemctl', 'daemon-reload'),
      // It was there to make stack.sh fast, with the administrator's rights.
      shell(
        '! systemctl is-active --quiet devstack@openstack-cli-server || systemctl disable --quiet --now devstack@openstack-cli-server',
      ),
      {
        ...command('systemctl', 'restart', ...ownUnits(), 'apache2.service'),
        idleSeconds: 400,
      },
      { ...command(awaitHttp, inside('/identity/v3')), idleSeconds: 120 },
    ],
    verify: [
      ...changed
        .filter(([, , , value]) => value !== '')
        .map(([path, , option, value]) => shell(`grep -qxF '${option} = ${value}' ${path}`)),
      shell(`! grep -qx 'interface = public' ${asking.join(' ')}`),
      shell(
        `test "$(ovs-vsctl --timeout=10 get Open_vSwitch . external_ids:ovn-encap-ip | tr -d '"')" = ${site.addressing.service}`,
      ),
      shell(
        `test "$(ovs-vsctl --timeout=10 get Open_vSwitch . external_ids:ovn-bridge-mappings | tr -d '"')" = ${bridgeMappings(site)}`,
      ),
      shell(`test -z "$(find ${secretive.join(' ')} -maxdepth 0 -perm /o+rwx)"`),
      ...active(...ownUnits()),
      answers(inside('/dashboard/auth/login/')),
    ],
    after: ['openstack/cell'],
  }
}

/** Units of DevStack have neither Restart= nor an order (functions-common, write_user_unit_file): a database that is late would be their end. */
function comesBack(site: DevstackSite, unit: string): RenderedFile {
  const database = databaseUnit(site)
  return file(
    `/etc/systemd/system/${unit}.d/bateau.conf`,
    [
      '[Unit]',
      `Wants=${database} rabbitmq-server.service`,
      `After=network-online.target ${database} rabbitmq-server.service memcached.service ovn-central.service ovn-controller.service openvswitch-switch.service libvirtd.service`,
      'StartLimitIntervalSec=0',
      '',
      '[Service]',
      'Restart=always',
      'RestartSec=5',
      // At a shutdown Neutron waits for a database that is gone already: 90 s, for nothing.
      'KillMode=mixed',
      'TimeoutStopSec=20',
    ].join('\n'),
  )
}

/** Behind TLS that ends at the front; services are asked inside. DevStack leaves DEBUG on, whose pages show settings to anybody. */
const horizonSettings = `# Written by bateau.
DEBUG = False
SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
OPENSTACK_ENDPOINT_TYPE = 'internalURL'
`

function catalogueStep(site: DevstackSite): HostStep {
  const wanted = {
    auth: inside('/identity/v3'),
    region,
    admin: secret(site, 'keystone/admin'),
    users: [],
    services: apis.map(({ type, name, path }) => {
      const version = type === 'compute' ? '/v2.1' : ''
      const own = inside(`${path}${version}`)
      return {
        type,
        name,
        endpoints: { public: publicUrl(site, `${path}${version}`), internal: own, admin: own },
      }
    }),
  }
  const urls = wanted.services.flatMap(({ endpoints }) => [endpoints.public, endpoints.internal])
  return {
    id: 'openstack/catalogue',
    title: 'Keystone: catalogue',
    because: 'people come through the front, the services stay inside',
    files: [file(script, identitiesScript, '0755')],
    run: [{ ...command(python, script), stdin: JSON.stringify(wanted), idleSeconds: 120 }],
    verify: [
      shell(
        `test "$(${query(site, `SELECT COUNT(DISTINCT url) FROM keystone.endpoint WHERE url IN (${urls.map((url) => `'${url}'`).join(', ')})`)})" = ${new Set(urls).size}`,
      ),
    ],
    after: ['openstack/doors'],
  }
}
