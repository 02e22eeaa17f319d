// Decides how a course is looked at again and again: what is asked once, what each round looks at, what of it is told.
// Leaves running the probes to check/ and the screen to the faces.
import { setTimeout as pause } from 'node:timers/promises'
import { exitCode, findings } from '../check/judge.ts'
import { type Probe, runProbes } from '../check/probe.ts'
import { proofProbes } from '../check/proof.ts'
import type { ProofInput } from '../check/proof-input.ts'
import type { CheckResult } from '../check/result.ts'
import { about } from '../check/select.ts'
import { changed } from '../check/changed.ts'
import type { EventBody } from '../run/events.ts'
import { sitesOf } from './ascend.ts'
import { type ExitCode, exits, type Face } from './face.ts'
import { groundOf } from './ground.ts'
import type { Opened } from './open-course.ts'
import { planOf } from './plan-of.ts'
import { prepareSecrets } from './prepare-secrets.ts'
import { askClouds, chosen, type Only, proofInput, tell } from './prove.ts'
import { say } from './say.ts'
import { session } from './session.ts'

/** Until Ctrl-C. The world's lock is held only while the clouds are asked for their instances, so other commands can work meanwhile. */
export async function watchCourse(
  opened: Opened,
  everySeconds: number,
  only: Only,
  face: Face,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { course, world, rehearsal } = opened
  let input: ProofInput | undefined
  const asked = await session('check', world, face, signal, async (run) => {
    const plan = planOf(course, rehearsal)
    const ground = groundOf(course, world, rehearsal)
    await prepareSecrets(run.vault, course, [], [])
    const clouds = await askClouds(run, plan, ground, await sitesOf(plan, ground))
    try {
      for (const { answer } of clouds) if (answer.verdict !== 'yes') tell(run, answer)
      const gathered = await proofInput(run, plan, ground, clouds)
      chosen(run, proofProbes(gathered), only)
      input = gathered
    } finally {
      for (const cloud of clouds) await cloud.close()
    }
    return exits.done
  })
  if (input === undefined) return asked
  return rounds(roundOf(input, only), everySeconds, face, signal)
}

/** What costs a core, a link or somebody else's tests is left out, and the cloud's API, which is closed by now. */
function roundOf({ routerOf: _, ...input }: ProofInput, only: Only): () => Probe[] {
  const vantages = (input.vantages ?? []).filter(({ costly }) => !costly)
  return () => {
    const all = proofProbes({ ...input, vantages })
    const picked = about(all, only)
    return only.length > 0 && picked.ok ? picked.value : all.filter(({ heavy }) => !heavy)
  }
}

async function rounds(
  probes: () => Probe[],
  everySeconds: number,
  face: Face,
  signal: AbortSignal,
): Promise<ExitCode> {
  let last: readonly CheckResult[] = []
  const now = () => new Date()
  for (let round = 1; !signal.aborted; round++) {
    const began = performance.now()
    const results = await runProbes(probes(), { now, signal })
    // What an interrupt cut short says nothing; the last whole round counts.
    if (signal.aborted) break
    const seconds = (performance.now() - began) / 1_000
    say(face, roundEvent({ round, seconds, everySeconds }, last, results))
    last = results
    const rest = everySeconds * 1_000 - (performance.now() - began)
    await pause(Math.max(rest, 0), undefined, { signal }).catch(() => {})
  }
  return exitCode(last)
}

function roundEvent(
  about: { round: number; seconds: number; everySeconds: number },
  before: readonly CheckResult[],
  results: readonly CheckResult[],
): EventBody {
  const count = (verdict: CheckResult['verdict']) => results.filter((one) => one.verdict === verdict).length
  return {
    type: 'check.round',
    ...about,
    yes: count('yes'),
    no: count('no'),
    unchecked: count('could-not-check'),
    changed: changed(before, results).map(look),
    findings: findings(results).map(({ result, fault, follows }) => ({
      ...look(result),
      fault,
      follows: follows.map(({ id }) => id),
    })),
  }
}

const look = ({ at: _, dependsOn: __, ...result }: CheckResult) => result
