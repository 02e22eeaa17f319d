// Decides what the agents of a course are given: the built program, where the internet is, which services must run.
// Leaves the steps that install them to delivery/agent.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Trouble } from '../core/fault.ts'
import { agentUnit, type Site } from '../core/site.ts'
import { type AgentInput, noAgent } from '../delivery/agent.ts'
import { engineOf } from '../engine/engine.ts'
import type { Ground } from './ground.ts'

/** Beside the compiled program; see rolldown.config.mjs. */
const built = fileURLToPath(new URL('../agent.mjs', import.meta.url))

/** The agent as the build made it; its first line names its version. Throws Trouble `agent-not-built`. */
export function readBundle(path = built): Pick<AgentInput, 'bundle' | 'version'> {
  let bundle = ''
  try {
    bundle = readFileSync(path, 'utf8')
  } catch {
    // Said below.
  }
  const version = /^\/\/ The agent of bateau (\S+)\. /.exec(bundle)?.[1]
  if (version === undefined)
    throw new Trouble({
      code: 'agent-not-built',
      title: "the agent's program is not there",
      why: `${path} is not what the build makes`,
      fix: 'npm run build; or start bateau by ./bateau, which builds when needed',
    })
  return { bundle, version }
}

/** Stands for the program where steps are only shown. */
export const bundleToShow = {
  bundle: '// The agent: one file, made by the build (build/agent.mjs).',
  version: '',
}

/** What all agents of a course are given alike. */
export type CourseAgent = Omit<AgentInput, 'units'>

export const courseAgent = (
  targets: Pick<Ground['targets'], 'pings'>,
  bundle: Pick<AgentInput, 'bundle' | 'version'>,
): CourseAgent => ({ ...bundle, pings: targets.pings })

/** What the agent of one server is given. */
export const agentInput = (site: Site, agent: CourseAgent): AgentInput => ({
  ...agent,
  units: engineOf(site).units(site),
})

/** Units that must be active on a server of the course: those of the cloud, and the agent where there is one. */
export const siteUnits = (site: Site): readonly string[] => [
  ...engineOf(site).units(site),
  ...(noAgent(site.facts) === null ? [agentUnit] : []),
]
