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
import { askClouds, type Only, proofInput, tell } from './prove.ts'
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
      input = await proofInput(run, plan, ground, clouds)
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
    return only.length > 0 ? about(all, only) : all.filter(({ heavy }) => !heavy)
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
    for (const result of changed(last, results)) tell({ emit: (body) => say(face, body) }, result)
    say(face, roundEvent(round, results, (performance.now() - began) / 1_000, everySeconds))
    last = results
    const rest = everySeconds * 1_000 - (performance.now() - began)
    await pause(Math.max(rest, 0), undefined, { signal }).catch(() => {})
  }
  return exitCode(last)
}

function roundEvent(
  round: number,
  results: readonly CheckResult[],
  seconds: number,
  everySeconds: number,
): EventBody {
  const count = (verdict: CheckResult['verdict']) => results.filter((one) => one.verdict === verdict).length
  return {
    type: 'check.round',
    round,
    yes: count('yes'),
    no: count('no'),
    unchecked: count('could-not-check'),
    seconds,
    everySeconds,
    findings: findings(results).map(({ result, fault, follows }) => ({
      id: result.id,
      title: result.title,
      verdict: result.verdict,
      code: fault.code,
      seen: result.seen,
      fix: fault.fix,
      follows: follows.length,
    })),
  }
}
