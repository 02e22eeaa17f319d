// Decides which instances `check --explain` follows packets of, and from where.
// Leaves sending, listening and judging to check/explain.
import { explain, type Explanation } from '../check/explain.ts'
import { explanationText } from '../check/explain-text.ts'
import { ping } from '../check/ping.ts'
import { guestShell } from '../check/probes/guest.ts'
import type { ProofInstance } from '../check/proof-input.ts'
import { type Fault, Trouble } from '../core/fault.ts'
import type { Site } from '../core/site.ts'
import type { Plan } from '../plan/plan.ts'
import { type ExitCode, exits, worst } from './face.ts'
import type { Ground } from './ground.ts'
import { meant } from './instance-name.ts'
import { askClouds, proofInput } from './prove.ts'
import type { Session } from './session.ts'

const codes: Record<Explanation['conclusion'], ExitCode> = {
  reached: exits.done,
  'in-but-not-out': exits.broken,
  'out-but-not-in': exits.broken,
  'no-answer': exits.broken,
  none: exits.broken,
  'could-not-check': exits.unchecked,
}

/** `name` empty: the instances that do not answer a ping from outside; all of them when all answer. */
export async function explainCourse(
  session: Session,
  plan: Plan,
  ground: Ground,
  sites: readonly Site[],
  name: string,
): Promise<ExitCode> {
  const clouds = await askClouds(session, plan, ground, sites)
  try {
    const input = await proofInput(session, plan, ground, clouds)
    const chosen = await choose(input.instances, ground, name)
    if (chosen.length === 0) {
      const refused = clouds.find(({ answer }) => answer.fault)?.answer.fault
      session.emit({ type: 'fault', fault: refused ?? unknown(name, input.instances) })
      return refused ? exits.unchecked : exits.usage
    }
    const explained: Explanation[] = []
    for (const instance of chosen) {
      const site = sites.find((one) => one.name === instance.host)
      if (!site) throw new Trouble(noHost(instance))
      explained.push(
        await explain({
          site,
          instance,
          host: ground.reach.shell(site.name),
          outside: ground.reach.outside,
          guest: guestShell({ input, vantages: [] }, instance),
          edge: ground.edge?.(site.name),
          target: ground.targets.ping,
        }),
      )
    }
    session.emit({
      type: 'report',
      kind: 'explanation',
      text: explained.map(explanationText).join('\n').trimEnd(),
      data: { schema_version: 1, explanations: explained },
    })
    return worst(...explained.map(({ conclusion }) => codes[conclusion]))
  } finally {
    for (const cloud of clouds) await cloud.close()
  }
}

async function choose(
  instances: readonly ProofInstance[],
  { reach: { outside } }: Ground,
  name: string,
): Promise<readonly ProofInstance[]> {
  if (name !== '') return meant(instances, name)
  const answers = await Promise.all(
    instances.map(async (one) => (await ping(outside, one.address, { count: 2 })).received > 0),
  )
  const silent = instances.filter((_, i) => !answers[i])
  return silent.length > 0 ? silent : instances
}

const noHost = ({ name, host }: ProofInstance): Fault => ({
  code: 'no-host',
  title: `${host} was there already: its hosts are not bateau's to listen on`,
  why: `the packets of ${name} are followed on the server that it runs on`,
  fix: `see what of it answers: bateau check --only ${name}; then ask the operator of ${host}`,
})

const unknown = (name: string, instances: readonly ProofInstance[]): Fault => ({
  code: 'no-such-name',
  title: name === '' ? 'there is no instance to explain' : `there is no instance ${name}`,
  why: `there are: ${instances.map((one) => one.name).join(', ') || 'none'}`,
  fix: './bateau status shows them with their addresses',
})
