// Decides what the agent looks at: the checks of a server that `bateau check` makes too, run where they need no SSH.
// Leaves the checks to check/.
import type { Probe } from '../check/probe.ts'
import type { Shell } from '../core/shell.ts'
import type { AgentConfig } from './config.ts'

/** The checks of this server, looked at by `shell`. */
export function chainOf(_config: AgentConfig, _shell: Shell): Probe[] {
  return []
}
