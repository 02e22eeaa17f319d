// Decides how a drill asks what `bateau check` says of one server: the same chain, over SSH.
// Leaves judging to check/.
import { findings } from '../src/check/judge.ts'
import { hostChain } from '../src/check/host-chain.ts'
import { runProbes } from '../src/check/probe.ts'
import type { Shell } from '../src/core/shell.ts'
import type { Site } from '../src/core/site.ts'
import { units } from './agent.ts'
import { targets } from './berth.ts'

/** Codes of the causes, worst first. What could not be checked (a server that cannot be reached) is `not-checked`. */
export async function codesOfCheck(site: Site, shell: Shell): Promise<string[]> {
  const now = () => new Date()
  const probes = hostChain({ site, shell, targets, units, now })
  return findings(await runProbes(probes, { now })).map(({ fault }) => fault.code)
}
