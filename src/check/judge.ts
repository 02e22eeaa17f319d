// Decides what results mean together: the exit code, and which trouble is the cause and which only follows from it.
// Leaves the wording of a trouble to the probe that saw it, and showing it to the faces.
import type { Fault } from '../core/fault.ts'
import { isTroubleCode, troubles } from '../delivery/trouble/catalogue.ts'
import type { CheckResult } from './result.ts'

/** 0: all was seen to be well. 1: something is proven broken. 4: nothing is, but something could not be checked. */
export function exitCode(results: readonly CheckResult[]): 0 | 1 | 4 {
  if (results.some((result) => result.verdict === 'no')) return 1
  return results.length === 0 || results.some((result) => result.verdict === 'could-not-check') ? 4 : 0
}

export type Finding = {
  /** The trouble to mend. */
  result: CheckResult
  fault: Fault
  /** What else is not `yes` because of it; mending it may mend these. */
  follows: readonly CheckResult[]
}

/**
 * Troubles, causes first. A result that is not `yes` belongs to the first of its `dependsOn` that is not `yes` either,
 * and so on down to the root. Among roots, what is proven broken stands before what could not be checked.
 */
export function findings(results: readonly CheckResult[]): Finding[] {
  const troubled = new Map(results.filter((result) => result.verdict !== 'yes').map((r) => [r.id, r]))
  const follows = new Map<string, CheckResult[]>()
  for (const result of troubled.values()) {
    const root = rootOf(result, troubled)
    const list = follows.get(root.id) ?? []
    if (root !== result) list.push(result)
    follows.set(root.id, list)
  }
  return [...follows]
    .map(([id, list]) => finding(troubled.get(id) as CheckResult, list))
    .sort((a, b) => rank(a.result) - rank(b.result))
}

/** Each trouble leads to one cause at most, so every walk ends, or ends in a ring, whose first result then stands for it. */
function rootOf(result: CheckResult, troubled: ReadonlyMap<string, CheckResult>): CheckResult {
  const walked: CheckResult[] = []
  let here = result
  while (!walked.includes(here)) {
    walked.push(here)
    const next = (here.dependsOn ?? [])
      .map((id) => troubled.get(id))
      .find((cause) => cause !== undefined && cause !== here && explains(cause, here))
    if (next === undefined) return here
    here = next
  }
  const ring = new Set(walked.slice(walked.indexOf(here)))
  return [...troubled.values()].find((one) => ring.has(one)) ?? here
}

/**
 * What could not be checked explains only other things that could not be checked; never something proven broken. Of two
 * troubles of one server the catalogue says whether one explains the other.
 */
function explains(cause: CheckResult, result: CheckResult): boolean {
  if (cause.verdict !== 'no') return result.verdict === 'could-not-check'
  const [deeper, own] = [cause.fault, result.fault]
  if (result.verdict !== 'no' || !deeper || !own || deeper.host !== own.host) return true
  if (!isTroubleCode(deeper.code) || !isTroubleCode(own.code)) return true
  return troubles[own.code].under.includes(deeper.code)
}

const rank = (result: CheckResult): number => (result.verdict === 'no' ? 0 : 1)

function finding(result: CheckResult, follows: readonly CheckResult[]): Finding {
  const fault = result.fault ?? {
    code: 'not-checked',
    title: `could not check that ${result.title}`,
    why: result.seen,
    fix: 'run the check again',
  }
  return { result, fault, follows }
}
