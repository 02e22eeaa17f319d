import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { nearest } from '../../../course/suggest.ts'
import type { Release } from '../release.ts'
import type { Verdict } from './finding.ts'
import { lintLocalConf } from './lint.ts'
import { readLocalConf } from './read.ts'

const lint = (text: string, release: Release = '2025.1', more = {}) =>
  lintLocalConf(readLocalConf('local.conf', text), { release, nearest, ...more })
const local = (lines: string) => `[[local|localrc]]\n${lines}\n`

/** Nothing is missing in it, so that what a case adds is what is found. */
const sound = `HOST_IP=10.0.0.5
ADMIN_PASSWORD=Aq1Sw2De3
DATABASE_PASSWORD=Bq1Sw2De3
RABBIT_PASSWORD=Cq1Sw2De3
SERVICE_PASSWORD=Dq1Sw2De3
LIBVIRT_CPU_MODE=host-model
LOGFILE=$DEST/logs/stack.sh.log
disable_service tempest c-api c-sch c-vol`

const codes = (text: string, release?: Release) =>
  lint(text, release)
    .filter(({ verdict }) => verdict !== 'right')
    .map(({ code, verdict }) => `${code} ${verdict}`)

it('a sound file has nothing but right lines, in every release', () => {
  for (const release of ['2025.1', '2025.2', '2026.1', 'master'] as const) {
    const findings = lint(local(sound), release)
    expect(findings.map(({ verdict }) => verdict)).toEqual(sound.split('\n').map(() => 'right'))
  }
})

const six = 'IP_VERSION=6\nFORCE_CONFIG_DRIVE=True\nOVN_DNS_SERVERS=2620:fe::fe\n'
const public6 = `${six}IPV6_PUBLIC_RANGE=2001:db8:0:ff::/64\nIPV6_PUBLIC_NETWORK_GATEWAY=2001:db8:0:ff::1\n`

it.each<[what: string, lines: string, code: string, verdict: Verdict, release?: Release]>([
  ['one network that is laid out well', `${public6}IPV6_ADDRS_SAFE_TO_USE=2001:db8::/57`, '', 'right'],
  ['a link-local pool', `${public6}IPV6_ADDRS_SAFE_TO_USE=fe80::/10`, 'pool-link-local', 'wrong'],
  ['a pool of one network', `${public6}IPV6_ADDRS_SAFE_TO_USE=2001:db8::/64`, 'pool-of-one', 'wrong'],
  [
    'a pool that holds the public network',
    `${public6}IPV6_ADDRS_SAFE_TO_USE=2001:db8::/56`,
    'pool-overlaps-public',
    'wrong',
  ],
  ['a pool longer than a /64', `${public6}IPV6_ADDRS_SAFE_TO_USE=2001:db8::/80`, 'pool-too-long', 'wrong'],
  ['a pool of multicast', `${public6}IPV6_ADDRS_SAFE_TO_USE=ff00::/8`, 'pool-of-no-use', 'wrong'],
  ['bits after the length', `${public6}IPV6_ADDRS_SAFE_TO_USE=2001:db8::1/57`, 'value-of-no-use', 'wrong'],
  [
    'a gateway of another network',
    `${public6}IPV6_ADDRS_SAFE_TO_USE=2001:db8::/57\nIPV6_PRIVATE_NETWORK_GATEWAY=2001:db8:1::1`,
    'private-gateway-outside',
    'wrong',
  ],
  [
    'a gateway that is the default',
    `${public6}IPV6_ADDRS_SAFE_TO_USE=2001:db8::/57\nIPV6_PRIVATE_NETWORK_GATEWAY=2001:db8::1`,
    'default-anyway',
    'redundant',
  ],
  [
    'a /56 as public network',
    `${six}IPV6_PUBLIC_RANGE=2001:db8::/56\nIPV6_PUBLIC_NETWORK_GATEWAY=2001:db8:0:1::1`,
    'public-range-whole-block',
    'wrong',
  ],
  [
    'a /80 as public network',
    `${six}IPV6_PUBLIC_RANGE=2001:db8::/80\nIPV6_PUBLIC_NETWORK_GATEWAY=2001:db8::1`,
    'public-range-too-long',
    'wrong',
  ],
  [
    'an anycast gateway',
    `${six}IPV6_PUBLIC_RANGE=2001:db8::/64\nIPV6_PUBLIC_NETWORK_GATEWAY=2001:db8::`,
    'public-gateway-anycast',
    'wrong',
  ],
  [
    "the provider's gateway",
    `${six}IPV6_PUBLIC_RANGE=2001:db8::/64\nIPV6_PUBLIC_NETWORK_GATEWAY=fe80::1`,
    'public-gateway-outside',
    'wrong',
  ],
  [
    'a gateway in capitals',
    `${six}IPV6_PUBLIC_RANGE=2001:db8::/64\nIPV6_PUBLIC_NETWORK_GATEWAY=2001:DB8::1`,
    'gateway-spelling',
    'wrong',
  ],
  ['a range without gateway', `${six}IPV6_PUBLIC_RANGE=2001:db8:1::/64`, 'public-gateway-missing', 'missing'],
  [
    'IPv6 without a range',
    `${six}IPV6_PUBLIC_NETWORK_GATEWAY=2001:db8::1`,
    'public-range-missing',
    'missing',
  ],
  [
    'IPv6 only without config drive',
    public6.replace('FORCE_CONFIG_DRIVE=True\n', ''),
    'config-drive-missing',
    'missing',
  ],
  [
    'IPv6 only with the config drive off',
    public6.replace('DRIVE=True', 'DRIVE=False'),
    'config-drive-missing',
    'contradiction',
  ],
  [
    'IPv6 only with a resolver of IPv4',
    public6.replace('2620:fe::fe', '9.9.9.9'),
    'resolvers-missing',
    'wrong',
  ],
  ['an IPv4 range with IPv6 only', `${public6}FLOATING_RANGE=192.0.2.0/24`, 'no-effect', 'no-effect'],
  [
    'an IPv6 range with IPv4 only',
    'IP_VERSION=4\nIPV6_PUBLIC_RANGE=2001:db8:1::/64',
    'no-effect',
    'no-effect',
  ],
  [
    'networks that are not made',
    'NEUTRON_CREATE_INITIAL_NETWORKS=False\nIPV6_PUBLIC_RANGE=2001:db8::/56',
    'no-effect',
    'no-effect',
  ],
  ['an IPv6 host for services of IPv4', 'HOST_IPV6=2001:db8::5', 'no-effect', 'no-effect'],
  ['services of IPv6', 'SERVICE_IP_VERSION=6\nHOST_IPV6=2001:db8::5', 'tunnel-in-brackets', 'wrong'],
  ['services of IPv6 without the address', 'SERVICE_IP_VERSION=6', 'host-ipv6-missing', 'missing'],
  ['tunnels of IPv6 without the address', 'TUNNEL_IP_VERSION=6', 'host-ipv6-missing', 'missing'],
  [
    'services of IPv6 at an IPv4 address',
    'SERVICE_IP_VERSION=6\nHOST_IPV6=2001:db8::5\nSERVICE_HOST=10.0.0.5',
    'service-host-of-other-family',
    'contradiction',
  ],
  [
    'services of IPv6 without brackets',
    'SERVICE_IP_VERSION=6\nHOST_IPV6=2001:db8::5\nSERVICE_HOST=2001:db8::5',
    'service-host-without-brackets',
    'wrong',
  ],
  ['the host as service host', 'SERVICE_HOST=$HOST_IP', 'default-anyway', 'redundant'],
  ['the host as database host', 'MYSQL_HOST=$HOST_IP', 'database-by-public-address', 'wrong'],
  ['the host as queue host', 'RABBIT_HOST=$HOST_IP', 'default-anyway', 'redundant'],
  ['Glance with a port', 'GLANCE_HOSTPORT=10.0.0.5:9292', 'no-effect', 'no-effect'],
  ['Glance with a port, later', 'GLANCE_HOSTPORT=10.0.0.5:9292', 'no-effect', 'no-effect', 'master'],
  ['the card in the bridge', 'PUBLIC_INTERFACE=eno1', 'card-in-bridge', 'dangerous'],
  ['the bridge in itself', 'PUBLIC_INTERFACE=br-ex', 'bridge-in-itself', 'wrong'],
  ['two bridges', 'OVS_PHYSICAL_BRIDGE=br-public', 'two-bridges', 'contradiction'],
  [
    'a physical network without a bridge',
    'PUBLIC_PHYSICAL_NETWORK=outside',
    'network-without-bridge',
    'contradiction',
  ],
  ["a mapping of the other agent's", 'OVS_BRIDGE_MAPPINGS=public:br-ex', 'no-effect', 'no-effect'],
  ['OVN with an agent of OVS', 'enable_service q-agt', 'two-agents', 'contradiction'],
  [
    'OVS with the services of OVN',
    'Q_AGENT=openvswitch\nQ_ML2_PLUGIN_MECHANISM_DRIVERS=openvswitch',
    'two-agents',
    'contradiction',
  ],
  ['OVS without its agents', 'Q_AGENT=openvswitch', 'agents-missing', 'missing'],
  ['OVS with the driver of OVN', 'Q_AGENT=openvswitch', 'driver-unlike-agent', 'contradiction'],
  ['an invented name', 'TEMPEST_INSTALL=False', 'name-unknown', 'unknown'],
  ['a mistyped name', 'ADMIN_PASSWROD=x1', 'name-unknown', 'unknown'],
  ['a name of a later release', 'PUBLIC_SUBNET_ENABLE_DHCP=True', 'name-of-another-release', 'unknown'],
  [
    'a name that a plugin may have',
    'enable_plugin heat https://opendev.org/openstack/heat stable/2025.1\nHEAT_X=1',
    'name-of-a-plugin',
    'unknown',
  ],
  ['a name that DevStack overwrites', 'IPV6_GLOBAL_ID=1', 'overwritten', 'no-effect'],
  ['a pool name that DevStack overwrites', 'SUBNETPOOL_NAME_V6=class', 'overwritten', 'no-effect'],
  ['a computed UUID that DevStack empties', 'NOVA_CPU_UUID=1', 'overwritten', 'no-effect'],
  ['a default', 'Q_USE_SECGROUP=True', 'default-anyway', 'redundant'],
  ['a default by another spelling', 'ENABLE_KSM=true', 'default-anyway', 'redundant'],
  ['the default of Tempest', 'INSTALL_TEMPEST=False', 'default-anyway', 'redundant'],
  ['a truth that is none', 'ENABLE_KSM=off', 'neither-true-nor-false', 'wrong'],
  ['a truth by the letter', 'Q_USE_SECGROUP=no', 'true-by-the-letter', 'wrong'],
  ['an address that is none', 'HOST_IPV6=2001:db8::5/64', 'value-of-no-use', 'wrong'],
  ['an address of the other family', 'NETWORK_GATEWAY=fe80::1', 'value-of-no-use', 'wrong'],
  ['a version that is none', 'IP_VERSION=46', 'value-of-no-use', 'wrong'],
  ['set twice', 'API_WORKERS=3\nAPI_WORKERS=4', 'set-twice', 'contradiction'],
  ['set twice to the same', 'API_WORKERS=3\nAPI_WORKERS=3', 'set-twice', 'redundant'],
  [
    'above what it refers to',
    'SWIFT_DATA_DIR=$NOVA_STATE_PATH\nenable_service s-proxy',
    'reference-empty',
    'wrong',
  ],
  ['enabled after disabled', 'disable_service horizon\nenable_service horizon', 'stays-off', 'contradiction'],
  [
    'a list after a service',
    'enable_service s-proxy\nENABLED_SERVICES=key,n-cpu',
    'list-replaces',
    'contradiction',
  ],
  ['a service of long ago', 'enable_service g-reg', 'service-unknown', 'unknown'],
  [
    "a service of a plugin's",
    'enable_plugin heat https://opendev.org/openstack/heat stable/2025.1\nenable_service h-eng',
    'service-of-a-plugin',
    'unknown',
  ],
  [
    'the metadata agent of before',
    'enable_service q-ovn-metadata-agent',
    'agent-of-another-release',
    'wrong',
    '2025.2',
  ],
  ['the OVN agent of after', 'enable_service q-ovn-agent', 'agent-of-another-release', 'wrong', '2025.1'],
  ['a branch of another release', 'NEUTRON_BRANCH=master', 'branches-mixed', 'wrong'],
  ['the branch of the release', 'NEUTRON_BRANCH=stable/2025.1', 'default-anyway', 'redundant'],
  [
    'a plugin of master',
    'enable_plugin heat https://opendev.org/openstack/heat',
    'plugin-of-another-branch',
    'wrong',
  ],
  ['a plugin twice', 'enable_plugin a https://x/a b\nenable_plugin a https://x/a b', 'plugin-twice', 'wrong'],
  ['another way of running', 'WSGI_MODE=mod_wsgi', 'wsgi-mode', 'wrong'],
  ['a mistyped function', 'enable_services s-proxy', 'call-unknown', 'unknown'],
  ['blanks at the equals sign', 'API_WORKERS = 3', 'blank-at-equals', 'wrong'],
  ['a value of two words', 'IMAGE_URLS=http://a/x.img, http://b/y.img', 'blank-in-value', 'wrong'],
  [
    'an image twice',
    'IMAGE_URLS=http://a/x.img,http://a/x.img\nGLANCE_LIMIT_IMAGE_SIZE_TOTAL=50000',
    'image-twice',
    'wrong',
  ],
  ['images without room', 'IMAGE_URLS=http://a/x.img', 'image-quota-missing', 'missing'],
  ['data that stays', 'DEST=/home/stack', 'data-stays', 'missing'],
  ['a console for everybody', 'VNCSERVER_LISTEN=0.0.0.0', 'open-console', 'dangerous'],
  ['a variable among settings', '[[post-config|$NOVA_CONF]]\nHOST_IP=10.0.0.6', 'wrong-section', 'wrong'],
  ['a setting without a section', '[[post-config|$NOVA_CONF]]\ndebug = True', 'no-ini-section', 'wrong'],
  ['a phase that is none', '[[post-conf|$NOVA_CONF]]\n[DEFAULT]\na=b', 'phase-unknown', 'unknown'],
  ['a file that is none', '[[post-config|$NOVA_CONFIG]]\n[DEFAULT]\na=b', 'file-unknown', 'unknown'],
])('%s', (_, lines, code, verdict, release) => {
  const found = codes(local(`${sound}\n${lines}`), release)
  if (code === '') expect(found).toEqual([])
  else expect(found).toContain(`${code} ${verdict}`)
})

it.each([
  ['ADMIN_PASSWORD', 'password-missing'],
  ['DATABASE_PASSWORD', 'password-missing'],
  ['RABBIT_PASSWORD', 'password-missing'],
  ['SERVICE_PASSWORD', 'password-missing'],
  ['LOGFILE', 'no-log'],
  ['LIBVIRT_CPU_MODE', 'old-processor'],
  ['disable_service', 'tempest-on'],
  ['disable_service', 'cinder-on'],
])('without %s: %s', (name, code) => {
  const lines = sound.split('\n').filter((line) => !line.startsWith(name))
  expect(codes(local(lines.join('\n')))).toContain(`${code} missing`)
})

it.each([
  ['a password with signs', 'ADMIN_PASSWORD=a-b-c-d', 'password-characters wrong'],
  ['a password of the guides', 'ADMIN_PASSWORD=nomoresecret', 'password-known dangerous'],
  ['one password for two', 'RABBIT_PASSWORD=Aq1Sw2De3', 'password-shared dangerous'],
])('%s', (_, line, found) => {
  const name = line.split('=')[0] ?? ''
  expect(codes(local(sound.replace(new RegExp(`${name}=.*`), line)))).toContain(found)
})

it('a host with a public address opens database, queue and consoles, and is told so once', () => {
  const found = codes(local(sound.replace('10.0.0.5', '198.51.100.5')))
  expect(found).toEqual(['open-to-the-internet dangerous', 'open-console dangerous'])
})

it('what the author accepts is not said again', () => {
  const text = local(`${sound}\n# bateau: accept card-in-bridge\nPUBLIC_INTERFACE=eno2`)
  expect(codes(text)).toEqual([])
  expect(codes(local(`${sound}\nPUBLIC_INTERFACE=eno2 # bateau: accept card-in-bridge`))).toEqual([])
})

it('files that DevStack does not read as meant are said to be so', () => {
  expect(codes(sound)).toContain('no-header wrong')
  expect(codes(`\ufeff${local(sound)}`)).toEqual(['byte-order-mark wrong'])
  expect(codes(local(sound).replaceAll('\n', '\r\n'))).toEqual(['carriage-return wrong'])
  expect(codes(`API_WORKERS=3\n${local(sound)}`)).toEqual(['before-sections no-effect'])
  expect(codes(` [[local|localrc]]\n${local(sound)}`)).toEqual(['header-unseen wrong'])
  const beside = lint(local(sound), '2025.1', { hasLocalrc: true })
  expect(beside[0]).toMatchObject({ code: 'localrc-beside', verdict: 'wrong' })
})

it('a localrc is shell from its first line', () => {
  const findings = lintLocalConf(readLocalConf('localrc', `${sound}\n`), { release: '2025.1', nearest })
  expect(findings.map(({ verdict }) => verdict)).toEqual(sound.split('\n').map(() => 'right'))
})

it('names go by what a checkout at hand reads, where one is given', () => {
  const known = { names: new Map(), services: new Set<string>() }
  expect(codes(local(sound))).toEqual([])
  expect(lint(local(sound), '2025.1', { known }).map(({ code }) => code)).toContain('name-of-another-release')
})

it('no text of a finding shows a password, wherever it is used', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9]{12,20}$/)
  fc.assert(
    fc.property(
      secret,
      fc.constantFrom(
        'PUBLIC_INTERFACE',
        'HOST_IPV6',
        'MYSQL_HOST',
        'IP_VERSION',
        'API_WORKERS',
        'IMAGE_URLS',
        'NO_SUCH_NAME',
      ),
      (word, name) => {
        const text = local(`ADMIN_PASSWORD=${word}\nDATABASE_PASSWORD=${word}\n${name}=$ADMIN_PASSWORD`)
        expect(JSON.stringify(lint(text).map(({ mend: _, ...shown }) => shown))).not.toContain(word)
      },
    ),
  )
})

it("every line of the teacher's file has the verdict that was found by hand", () => {
  const findings = lint(readFileSync('test/story/local-conf/teacher.conf', 'utf8'))
  const lines = findings.filter(({ column }) => column > 0)
  expect(Object.fromEntries(lines.map(({ variable, verdict }) => [variable, verdict]))).toEqual({
    HOST_IP: 'right',
    HOST_IPV6: 'no-effect',
    ADMIN_PASSWORD: 'right',
    DATABASE_PASSWORD: 'dangerous',
    RABBIT_PASSWORD: 'right',
    SERVICE_PASSWORD: 'right',
    IPV6_ADDRS_SAFE_TO_USE: 'wrong',
    IPV6_PRIVATE_NETWORK_GATEWAY: 'wrong',
    IPV6_PUBLIC_RANGE: 'wrong',
    IPV6_PUBLIC_NETWORK_GATEWAY: 'wrong',
    SERVICE_HOST: 'redundant',
    MYSQL_HOST: 'wrong',
    RABBIT_HOST: 'redundant',
    GLANCE_HOSTPORT: 'no-effect',
    Q_USE_SECGROUP: 'redundant',
    IP_VERSION: 'right',
    PUBLIC_INTERFACE: 'dangerous',
    IPV6_RA_MODE: 'redundant',
    IPV6_ADDRESS_MODE: 'redundant',
    Q_USE_PROVIDERNET_FOR_PUBLIC: 'redundant',
    OVS_PHYSICAL_BRIDGE: 'redundant',
    PUBLIC_BRIDGE: 'redundant',
    OVS_BRIDGE_MAPPINGS: 'no-effect',
    TEMPEST_INSTALL: 'unknown',
    INSTALL_TEMPEST: 'redundant',
  })
  expect(
    findings
      .filter(({ column }) => column === 0)
      .map(({ code }) => code)
      .sort(),
  ).toEqual([
    'cinder-on',
    'config-drive-missing',
    'no-log',
    'old-processor',
    'open-console',
    'open-to-the-internet',
    'resolvers-missing',
    'tempest-on',
  ])
  for (const { source } of findings) expect(source).toMatch(/^[\w./-]+:\d+@(?:\d{4}\.\d|master)$/)
})
