// Decides how the agent's process begins and ends: its configuration, signals, exit codes.
// Leaves everything between to agent.
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { type Fault, type Outcome, bad } from '../core/fault.ts'
import { showFault } from '../core/fault-text.ts'
import { leanShell } from '../host/lean-spawn.ts'
import { runAgent } from './agent.ts'
import { realClock } from './clock.ts'
import { type AgentConfig, readConfig } from './config.ts'
import { AgentJournal } from './journal.ts'
import { agentPlaces } from './places.ts'
import { teller } from './teller.ts'

/** EX_CONFIG of sysexits(3): the unit does not start it again by itself. */
const badConfig = 78

/** Put here by the build; the sources alone have none. */
const version = process.env.BATEAU_VERSION ?? 'unbuilt'

function configOf(path: string): Outcome<AgentConfig> {
  try {
    return readConfig(readFileSync(path, 'utf8'))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const fix = 'run `bateau up` again with the course file: it installs it'
    return bad({ code: 'agent-config-unreadable', title: `${path} cannot be read`, why, fix })
  }
}

/** In the journal too, where `bateau watch` reads. */
function refuse(fault: Fault): void {
  process.stderr.write(`${showFault(fault)}\n`)
  const journal = new AgentJournal({ directory: agentPlaces.directory })
  const tell = teller(
    hostname(),
    realClock,
    (line) => journal.append(line),
    () => {},
  )
  tell({ type: 'fault', fault })
  tell({ type: 'agent.stopped', why: fault.title })
  journal.close()
  process.exitCode = badConfig
}

const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop.abort())

const config = configOf(agentPlaces.config)
if (config.ok)
  await runAgent(
    config.value,
    {
      shell: leanShell(config.value.site.name),
      clock: realClock,
      version,
      directory: agentPlaces.directory,
      environment: process.env,
    },
    stop.signal,
  )
else refuse(config.faults[0] as Fault)
