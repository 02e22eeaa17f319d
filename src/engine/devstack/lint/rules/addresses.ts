// Decides what is said of addresses of the host, of its services and of its tunnels.
// Leaves networks for instances to prefixes.
import { isIPv4 } from 'node:net'
import { about, absent, type Draft, type Rule, shown } from '../finding.ts'

const loopback = /^(?:127\.[\d.]+|::1|localhost)$/

/** On a node with a database of its own the way to it need not leave the machine. */
const databaseHost: Rule = ({ set, isOn, source }) =>
  ['MYSQL_HOST', 'DATABASE_HOST'].flatMap((name): Draft[] => {
    const setting = set(name)
    if (!setting?.text || !isOn('mysql', 'postgresql')) return []
    if (loopback.test(setting.text.replace(/^\[(.*)\]$/, '$1'))) return []
    return [
      about(setting, {
        code: 'database-by-public-address',
        verdict: 'wrong',
        title: `services reach the database of this very host by ${shown(setting)}`,
        why: 'the default is the loopback address; this way the database depends on an address that DevStack may move to another interface',
        fix: 'take the line out; only a node without a database of its own needs it',
        source: source('databaseHost'),
        mend: { kind: 'out' },
      }),
    ]
  })

const bracketed: Rule = ({ set, source }) => {
  const setting = set('MYSQL_HOST')
  if (!setting?.text?.startsWith('[')) return []
  return [
    about(setting, {
      code: 'database-in-brackets',
      verdict: 'wrong',
      title: 'MYSQL_HOST is written without brackets',
      why: "MySQL's own programs do not know brackets; DevStack adds them where an address needs them",
      fix: `write MYSQL_HOST=${setting.text.replaceAll(/[[\]]/g, '')}`,
      source: source('databaseHost'),
    }),
  ]
}

const serviceHost: Rule = ({ set, value, source, isOn }) => {
  const setting = set('SERVICE_HOST')
  if (!setting?.text) return []
  const { text } = setting
  const is6 = value('SERVICE_IP_VERSION') === '6'
  if (!is6 && text === value('HOST_IP') && isOn('key', 'keystone'))
    return [
      about(setting, {
        code: 'default-anyway',
        verdict: 'redundant',
        title: 'HOST_IP is what DevStack takes for it',
        why: 'the line changes nothing, and must go when the APIs become IPv6',
        fix: 'take the line out',
        source: source('serviceHost'),
      }),
    ]
  if (!is6) return []
  if (isIPv4(text))
    return [
      about(setting, {
        code: 'service-host-of-other-family',
        verdict: 'contradiction',
        title: `SERVICE_IP_VERSION is 6, and SERVICE_HOST the IPv4 address ${text}`,
        why: 'services listen on IPv6, and the catalogue sends everybody to an address of IPv4',
        fix: isOn('key')
          ? 'take the line out: HOST_IPV6 is then used'
          : "write the controller's IPv6 address in brackets",
        source: source('serviceHost'),
        ...(isOn('key') ? { mend: { kind: 'out' as const } } : {}),
      }),
    ]
  if (!text.includes(':') || text.startsWith('[')) return []
  return [
    about(setting, {
      code: 'service-host-without-brackets',
      verdict: 'wrong',
      title: 'SERVICE_HOST goes into addresses of web pages: IPv6 needs brackets there',
      why: 'http://2001:db8::1/identity is no valid address, http://[2001:db8::1]/identity is',
      fix: `write SERVICE_HOST=[${text}]`,
      source: source('serviceHost'),
      mend: { kind: 'replace', text: `SERVICE_HOST=[${text}]` },
    }),
  ]
}

const rabbitHost: Rule = ({ set, value, source, isOn, settings }) => {
  const setting = set('RABBIT_HOST')
  if (!setting?.text || !isOn('rabbit')) return []
  const service = settings.final.get('SERVICE_HOST')?.text ?? value('HOST_IP')
  if (setting.text !== service || value('SERVICE_IP_VERSION') === '6') return []
  return [
    about(setting, {
      code: 'default-anyway',
      verdict: 'redundant',
      title: 'SERVICE_HOST is what DevStack takes for it',
      why: 'the line changes nothing where the queue runs on this host',
      fix: 'take the line out',
      source: source('rabbitHost'),
    }),
  ]
}

const hostIpv6: Rule = (given) => {
  const wanted = [
    given.value('SERVICE_IP_VERSION') === '6' ? 'SERVICE_IP_VERSION=6' : '',
    given.value('TUNNEL_IP_VERSION') === '6' && !given.set('TUNNEL_ENDPOINT_IP') ? 'TUNNEL_IP_VERSION=6' : '',
  ].filter((one) => one !== '')
  if (wanted.length === 0 || given.set('HOST_IPV6')?.text !== undefined) return []
  return [
    absent(given, 'HOST_IPV6', {
      code: 'host-ipv6-missing',
      verdict: 'missing',
      title: `${wanted.join(' and ')} uses HOST_IPV6, which is not set`,
      why: 'DevStack then takes the first global address that it sees, which may be a temporary one, and stops where it sees none',
      fix: "add HOST_IPV6= with the host's own address",
      source: given.source('hostAddress6'),
    }),
  ]
}

const tunnelBrackets: Rule = ({ set, value, source, isOn }) => {
  const setting = set('SERVICE_IP_VERSION')
  if (setting?.text !== '6' || value('Q_AGENT') !== 'ovn' || !isOn('ovn-controller')) return []
  return [
    about(setting, {
      code: 'tunnel-in-brackets',
      verdict: 'wrong',
      title: 'with SERVICE_IP_VERSION=6 the tunnels between two and more nodes do not come up',
      why: "DevStack then puts brackets around the tunnel's address, and Open vSwitch refuses it (bad geneve remote_ip); one node alone has no tunnels",
      fix: 'use SERVICE_IP_VERSION=4 with TUNNEL_IP_VERSION=6, or after stack.sh, on each node: ovs-vsctl set open . external-ids:ovn-encap-ip=ADDRESS',
      source: source('encapBrackets'),
    }),
  ]
}

export const addressRules: readonly Rule[] = [
  databaseHost,
  bracketed,
  serviceHost,
  rabbitHost,
  hostIpv6,
  tunnelBrackets,
]
