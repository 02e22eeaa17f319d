// Decides how the agent gets onto a server: Node from the distribution, one program, its configuration, a unit that cannot harm.
// Leaves what the agent does to agent/, and the program's text to deploy/.
import type { Address } from '../core/prefix.ts'
import { agentUnit, type HostFacts, type Site } from '../core/site.ts'
import { asJson } from '../core/site-json.ts'
import { command, file, shell, type HostStep, type RenderedFile } from '../core/step.ts'
import { section, systemdUnit, type Setting } from '../render/systemd-unit.ts'

const program = '/usr/local/lib/bateau/agent.mjs'
const config = '/etc/bateau/agent.json'

/** TCP port of [::1] where Prometheus finds the agent's metrics; free in its list of default ports. */
export const agentMetricsPort = 9547

/** Distributions whose own Node is older than 18, which the agent is built for. */
const tooOld: Readonly<Record<string, readonly string[]>> = {
  debian: ['buster', 'bullseye'],
  ubuntu: ['bionic', 'focal', 'jammy'],
}

/** Why a server gets no agent; null when it gets one. Everything else works without. */
export function noAgent({ os }: HostFacts): string | null {
  return tooOld[os.id]?.includes(os.codename)
    ? `${os.id} ${os.codename} has a Node older than 18: no agent there; bateau check, heal and everything else work without`
    : null
}

export type AgentInput = {
  /** The program, one file without imports of its own. */
  bundle: string
  /** Version of bateau that installs it. */
  version: string
  /** Two hosts of the internet that answer ping. */
  pings: readonly Address[]
  /** Units of the cloud that must be active. */
  units: readonly string[]
}

/** The steps that install the agent and start it, again whenever a file of it differs. None where `noAgent`. */
export function agentSteps(site: Site, input: AgentInput): HostStep[] {
  if (noAgent(site.facts) !== null) return []
  return [nodeStep, installStep(site, input)]
}

const hasNode = '/usr/bin/node -e "process.exit(parseInt(process.versions.node) >= 18 ? 0 : 1)"'

const nodeStep: HostStep = {
  id: 'agent/node',
  title: 'Agent: Node',
  because: "the agent runs on the distribution's own Node, 18 or newer",
  files: [],
  run: [
    {
      ...shell(`export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8
if ${hasNode} 2>/dev/null; then exit 0; fi
apt-get -q -o DPkg::Lock::Timeout=600 update
apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=600 install nodejs
${hasNode}`),
      idleSeconds: 600,
    },
  ],
  verify: [shell(hasNode)],
}

function installStep(site: Site, input: AgentInput): HostStep {
  return {
    id: 'agent/install',
    title: 'Agent',
    because:
      'it sees on the server itself what is lost, mends what it may within seconds, and says what a person must do',
    files: [file(program, input.bundle), configFile(site, input), unitFile(site.facts)],
    run: [
      command('systemctl', 'daemon-reload'),
      command('systemctl', 'enable', '-q', agentUnit),
      command('systemctl', 'restart', agentUnit),
    ],
    verify: [
      command('systemctl', 'is-enabled', '-q', agentUnit),
      command('systemctl', 'is-active', '-q', agentUnit),
    ],
  }
}

function configFile(site: Site, input: AgentInput): RenderedFile {
  const value = {
    schema_version: 1,
    version: input.version,
    site: asJson(site),
    pings: asJson(input.pings),
    units: input.units,
    metrics_port: agentMetricsPort,
  }
  return file(config, JSON.stringify(value, null, 2), '0600')
}

/**
 * The agent's limits. It may not take memory or a core from the cloud, nor write anywhere but its own directory and
 * /run; what repairs need is left: the network, systemd over D-Bus, kernel parameters.
 */
function unitFile(facts: HostFacts): RenderedFile {
  const node = [
    // MB. The heap of a quiet agent is 8; past this V8 gives up, and systemd starts the agent anew.
    '--max-old-space-size=40',
    '--max-semi-space-size=1',
    // Compiled code is for programs in a hurry: without it 4 MB less, and less of a core too.
    '--no-opt',
    '--max-lazy',
    '--optimize-for-size',
    '--no-warnings',
  ].join(' ')
  const later: Setting[] =
    facts.systemd >= 254
      ? [
          ['RestartSteps', 6],
          ['RestartMaxDelaySec', 120],
        ]
      : []
  return systemdUnit(
    agentUnit,
    ['Written by bateau.'],
    [
      section(
        'Unit',
        ['Description', "bateau's agent: watches and mends this server's IPv6"],
        ['After', 'systemd-networkd.service bateau-firewall.service network.target'],
        // Never given up: what it may do is bounded by its ledger on disk, and starts by RestartSec.
        ['StartLimitIntervalSec', 0],
      ),
      section(
        'Service',
        ['Type', 'notify'],
        ['NotifyAccess', 'all'],
        ['ExecStart', `/usr/bin/node ${node} ${program}`],
        ['Environment', 'LC_ALL=C.UTF-8'],
        ['Restart', 'always'],
        ['RestartSec', 3],
        ...later,
        // EX_CONFIG: a configuration that cannot be read does not get better by starting again.
        ['RestartPreventExitStatus', 78],
        ['WatchdogSec', 90],
        ['TimeoutStartSec', 60],
        ['TimeoutStopSec', 10],
        ['KillMode', 'control-group'],
        ['StateDirectory', 'bateau/agent'],
        ['StateDirectoryMode', '0700'],
        ['MemoryHigh', '96M'],
        ['MemoryMax', '128M'],
        ['TasksMax', 64],
        ['CPUQuota', '25%'],
        ['CPUWeight', 50],
        ['Nice', 5],
        ['OOMScoreAdjust', -250],
        ['LimitCORE', 0],
        ['UMask', '0077'],
        ['NoNewPrivileges', true],
        ['ProtectSystem', 'strict'],
        ['ReadWritePaths', '/run /var/lib/bateau'],
        ['ProtectHome', true],
        ['PrivateTmp', true],
        ['ProtectKernelModules', true],
        ['ProtectKernelLogs', true],
        ['ProtectClock', true],
        ['LockPersonality', true],
        ['RestrictRealtime', true],
        ['RestrictSUIDSGID', true],
        ['RestrictAddressFamilies', 'AF_UNIX AF_INET AF_INET6 AF_NETLINK AF_PACKET'],
        [
          'CapabilityBoundingSet',
          'CAP_NET_ADMIN CAP_NET_RAW CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_CHOWN CAP_KILL',
        ],
      ),
      section('Install', ['WantedBy', 'multi-user.target']),
    ],
  )
}
