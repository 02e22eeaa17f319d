// Decides the steps that make a server the jump host: packages, accounts, filter and sshd of its own.
// Leaves the administrators' sshd and the server's firewall alone, and confirming to deploy/.
import { command, type Command, file, type HostStep, type RenderedFile } from '../core/step.ts'
import { section, systemdUnit } from '../render/systemd-unit.ts'
import { filterText } from './filter.ts'
import {
  jumpFilterUnit,
  jumpGroup,
  type JumpInput,
  jumpPaths,
  jumpTable,
  jumpUnit,
  type Traveller,
} from './input.ts'
import { jumpFaults, programFile } from './program.ts'
import { sshdText } from './sshd.ts'

const { etc, program } = jumpPaths

/** In order; what the last one puts in place is taken back unless `confirmCommand` comes in time. */
export function jumpSteps(input: JumpInput): HostStep[] {
  return [ownerStep(input), packagesStep, groundStep(input), accountsStep(input), daemonStep(input)]
}

/** A deed of the program on the server. */
export const jumpDeed = (...words: string[]): Command => ({
  ...command(program, ...words),
  faults: jumpFaults,
})

/** Before any file of ours is there: another course's jump host, its program and all, is left alone. */
function ownerStep({ course }: JumpInput): HostStep {
  const mine = `[ "$(cat ${etc}/course)" = "$1" ]`
  const claim = `mkdir -p ${etc}
if [ ! -e ${etc}/course ]; then printf '%s\\n' "$1" > ${etc}/course; fi
${mine} || { echo "==seen it is that of $(cat ${etc}/course)"; echo '==fault jump-foreign'; exit 1; }`
  return {
    id: 'jump/owner',
    title: 'Jump host: whose it is',
    because: 'a server is the jump host of one course',
    files: [],
    run: [{ argv: ['sh', '-ec', claim, 'sh', course], faults: jumpFaults }],
    verify: [{ argv: ['sh', '-c', mine, 'sh', course] }],
  }
}

const packagesStep: HostStep = {
  id: 'jump/packages',
  title: 'Jump host: packages',
  because: 'it is an sshd and a packet filter, and no more',
  files: [],
  run: [
    {
      argv: [
        'sh',
        '-ec',
        `export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
command -v sshd nft pkill ss >/dev/null && exit 0
apt-get -q -o DPkg::Lock::Timeout=600 update
apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=600 install openssh-server nftables procps iproute2`,
      ],
      idleSeconds: 600,
    },
  ],
  verify: [{ argv: ['sh', '-c', 'command -v sshd nft pkill ss >/dev/null'] }],
}

const groundStep = (input: JumpInput): HostStep => ({
  id: 'jump/ground',
  title: 'Jump host: group, host key',
  because: 'it has a key of its own, and a group by which the packet filter knows its sessions',
  files: [programFile(input.course, input.port)],
  run: [jumpDeed('ground')],
  verify: [command('getent', 'group', jumpGroup), { argv: ['sh', '-c', `test -s ${jumpPaths.hostKey}.pub`] }],
})

function accountsStep({ travellers }: JumpInput): HostStep {
  const stdin = `${travellers
    .map(({ login }) => login)
    .toSorted()
    .join('\n')}\n`
  return {
    id: 'jump/accounts',
    title: `Jump host: ${travellers.length} accounts`,
    because: 'one a student: who left goes alone, and the log says who was where',
    files: travellers.flatMap(keyFile),
    // Linux takes some 30 ms to make one; a class of a thousand must not run into the limit of short commands.
    run: [{ ...jumpDeed('accounts'), stdin, idleSeconds: 60 }],
    verify: [{ ...command(program, 'accounts-hold'), stdin }],
  }
}

/** `restrict` forbids in the key itself what the configuration forbids already; `port-forwarding` gives that back alone. */
function keyFile({ login, key }: Traveller): RenderedFile[] {
  return key === null
    ? []
    : [file(`${etc}/keys/${login}`, `restrict,port-forwarding ${key}`, '0640', `root:${jumpGroup}`)]
}

function daemonStep(input: JumpInput): HostStep {
  return {
    id: 'jump/daemon',
    title: `Jump host: sshd on port ${input.port}`,
    because: `students reach TCP ${input.ports.join(', ')} of the class's instances through it, and nothing else; unless a fresh log-in confirms it within ${input.patience} s it is taken back`,
    files: [
      file(`${etc}/wanted/sshd_config`, sshdText(input), '0600'),
      file(`${etc}/wanted/firewall.nft`, filterText(input), '0600'),
      filterUnitFile,
      sshdUnitFile,
    ],
    run: [command('systemctl', 'daemon-reload'), jumpDeed('apply', String(input.patience))],
    verify: [command(program, 'holds')],
  }
}

const filterUnitFile = systemdUnit(
  jumpFilterUnit,
  ['Written by bateau.'],
  [
    section(
      'Unit',
      ['Description', "Packet filter of bateau's jump host"],
      ['After', 'nftables.service'],
      ['PartOf', 'nftables.service'],
      ['ReloadPropagatedFrom', 'nftables.service'],
    ),
    section(
      'Service',
      ['Type', 'oneshot'],
      ['RemainAfterExit', true],
      ['ExecStartPre', `+${program} boot`],
      ['ExecStart', `/usr/sbin/nft -f ${etc}/firewall.nft`],
      ['ExecReload', `/usr/sbin/nft -f ${etc}/firewall.nft`],
      ['ExecStop', `-/usr/sbin/nft delete table inet ${jumpTable}`],
    ),
    section('Install', ['WantedBy', 'multi-user.target']),
  ],
)

/**
 * Bound to the filter: when that stops, all sessions end before its table goes. systemd keeps the sessions off the
 * loopback and the links as well, by the control group; systemd-resolved listens on 127.0.0.53.
 */
const sshdUnitFile = systemdUnit(
  jumpUnit,
  ['Written by bateau. The administrators have their own: ssh.service.'],
  [
    section(
      'Unit',
      ['Description', "bateau's jump host: SSH of the students"],
      ['BindsTo', jumpFilterUnit],
      ['After', `network.target ${jumpFilterUnit}`],
    ),
    section(
      'Service',
      ['Type', 'notify'],
      ['ExecStartPre', `+${program} boot`],
      ['ExecStartPre', `/usr/sbin/sshd -t -f ${etc}/sshd_config`],
      ['ExecStartPre', `+/usr/sbin/nft list chain inet ${jumpTable} students`],
      ['ExecStart', `/usr/sbin/sshd -D -f ${etc}/sshd_config`],
      ['ExecReload', `/usr/sbin/sshd -t -f ${etc}/sshd_config`],
      ['ExecReload', '/bin/kill -HUP $MAINPID'],
      ['KillMode', 'control-group'],
      ['Restart', 'on-failure'],
      ['RestartSec', 2],
      ['RestartPreventExitStatus', 255],
      ['RuntimeDirectory', 'sshd'],
      ['RuntimeDirectoryMode', '0755'],
      ['RuntimeDirectoryPreserve', true],
      ['IPAddressDeny', 'localhost link-local multicast'],
      ['IPAddressAllow', '127.0.0.53 127.0.0.54'],
      ['MemoryMax', '25%'],
      ['TasksMax', 8192],
      ['OOMScoreAdjust', 500],
      ['ProtectSystem', 'strict'],
      ['ProtectHome', true],
      ['PrivateTmp', true],
      ['ProtectKernelModules', true],
      ['ProtectKernelTunables', true],
      ['RestrictAddressFamilies', 'AF_UNIX AF_INET AF_INET6 AF_NETLINK'],
      [
        'CapabilityBoundingSet',
        'CAP_SETUID CAP_SETGID CAP_SYS_CHROOT CAP_KILL CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_NET_BIND_SERVICE CAP_AUDIT_WRITE CAP_SYS_RESOURCE',
      ],
    ),
    section('Install', ['WantedBy', 'multi-user.target']),
  ],
)
