// Decides what the students' sshd allows: a key, and forwards to the allowed ports; nothing else, for nobody.
// Leaves which addresses a forward may go to to filter: sshd compares addresses as text, and knows no prefixes.
import { frontPort } from '../core/site.ts'
import { sshdConfig, type SshdSetting } from '../render/sshd-config.ts'
import { jumpGroup, type JumpInput, jumpPaths } from './input.ts'

/** Connections that have not logged in yet: so many are taken, then ever fewer, none beyond the last. */
export function startups(travellers: number): { begin: number; full: number } {
  // In steps, so that one student more is no other configuration.
  const begin = [64, 128, 256, 512].find((step) => step >= travellers) ?? 1024
  return { begin, full: 3 * begin }
}

export function sshdText(input: JumpInput): string {
  return sshdConfig(
    [
      `Written by bateau for ${input.course}: the students' way in, apart from the administrators' sshd.`,
      'Changes here are taken back: change the course file, then bateau class jump.',
    ],
    [...listening(input), ...whoMayIn, ...forwards(input), ...nothingElse, ...limits(input)],
  )
}

const listening = ({ port }: JumpInput): SshdSetting[] => [
  ['Port', port],
  ['AddressFamily', 'any'],
  ['ListenAddress', '0.0.0.0'],
  ['ListenAddress', '::'],
  ['HostKey', jumpPaths.hostKey],
  ['PidFile', 'none'],
]

/** Without PAM: no session modules, no user manager, and every process stays in the unit's control group. */
const whoMayIn: SshdSetting[] = [
  ['UsePAM', false],
  ['AllowGroups', jumpGroup],
  ['PermitRootLogin', false],
  ['AuthenticationMethods', 'publickey'],
  ['PubkeyAuthentication', true],
  ['PasswordAuthentication', false],
  ['KbdInteractiveAuthentication', false],
  ['HostbasedAuthentication', false],
  ['PermitEmptyPasswords', false],
  ['AuthorizedKeysFile', `${jumpPaths.etc}/keys/%u`],
  ['AuthorizedKeysCommand', 'none'],
  ['AuthorizedPrincipalsFile', 'none'],
  ['TrustedUserCAKeys', 'none'],
  ['StrictModes', true],
]

/** By port alone: a name that a student types is resolved behind this. */
const openPorts = ({ ports, reached }: Pick<JumpInput, 'ports' | 'reached'>): number[] => [
  ...new Set([...ports, ...(reached.fronts.length > 0 ? [frontPort] : [])]),
]

const forwards = (input: JumpInput): SshdSetting[] => [
  ['AllowTcpForwarding', 'local'],
  [
    'PermitOpen',
    openPorts(input)
      .map((port) => `*:${port}`)
      .join(' '),
  ],
  ['PermitListen', 'none'],
  ['GatewayPorts', false],
]

/** MaxSessions 0: no shell, no command, no subsystem; forwards only (sshd_config(5)). What it would start is nologin anyway. */
const nothingElse: SshdSetting[] = [
  ['MaxSessions', 0],
  ['ForceCommand', '/usr/sbin/nologin'],
  ['PermitTTY', false],
  ['AllowAgentForwarding', false],
  ['AllowStreamLocalForwarding', false],
  ['X11Forwarding', false],
  ['PermitTunnel', false],
  ['PermitUserRC', false],
  ['PermitUserEnvironment', false],
  ['PrintMotd', false],
  ['UseDNS', false],
  ['Compression', false],
]

function limits({ facts, travellers, reached }: JumpInput): SshdSetting[] {
  const { begin, full } = startups(travellers.length)
  return [
    ['LogLevel', 'VERBOSE'],
    ['LoginGraceTime', 30],
    ['MaxAuthTries', 4],
    ['MaxStartups', `${begin}:30:${full}`],
    // A laptop that was closed is gone after two minutes.
    ['ClientAliveInterval', 30],
    ['ClientAliveCountMax', 4],
    // A browser behind `ssh -D` is still for as long as somebody reads.
    ...since(facts, [9, 2], ['UnusedConnectionTimeout', reached.fronts.length > 0 ? 1800 : 120]),
    // A campus is one IPv4 address for all: a student with a wrong key must not shut the class out, so penalties are
    // seconds. Who floods is held back by the packet filter as well.
    ...since(
      facts,
      [9, 8],
      [
        'PerSourcePenalties',
        'crash:10s authfail:1s noauth:1s grace-exceeded:2s refuseconnection:2s max:60s min:20s',
      ],
    ),
  ]
}

function since(
  { openssh: [major, minor] }: JumpInput['facts'],
  [from, and]: readonly [number, number],
  [key, value]: SshdSetting,
): SshdSetting[] {
  if (major < from || (major === from && minor < and)) return []
  // 9.8 and 9.9.0 do not know every penalty of later ones.
  const isEarly = major === 9 && minor === 8
  return [[key, isEarly ? String(value).replace(' refuseconnection:2s', '') : value]]
}
