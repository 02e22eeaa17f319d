// Decides what a probe is, and how several are run: each after what it needs, none against the clock of another.
// Leaves what to look at to probes/, and what the answers mean together to judge.
import pLimit from 'p-limit'
import { Trouble } from '../core/fault.ts'
import { type Seen, unclear } from '../core/verdict.ts'
import type { CheckResult } from './result.ts'

export type Probe = {
  id: string
  /** A claim that is true when all is well. */
  title: string
  /** Name of the place from where it looks. */
  vantage: string
  /** Ids of probes that must say `yes` first; otherwise this one could not be checked. */
  needs?: readonly string[]
  /** Ids of probes whose `no` explains a `no` of this one. */
  causes?: readonly string[]
  /** Takes a core or a link for itself: runs when the light ones are done, two at a time. */
  heavy?: boolean
  run(): Promise<Seen>
}

export type Running = {
  now: () => Date
  onResult?: (result: CheckResult) => void
  signal?: AbortSignal
}

/** Light probes at a time. They mostly wait for packets, but the guests at the other end may be emulated. */
const parallel = 6

/**
 * Runs them all; the results stand in the order of the probes. A probe that throws Trouble could not be checked. Throws
 * RangeError for two of one id, of which only one would be looked at: a bug.
 */
export async function runProbes(probes: readonly Probe[], running: Running): Promise<CheckResult[]> {
  const results = new Map<string, Promise<CheckResult>>()
  const light = pLimit(parallel)
  const heavy = pLimit(2)
  const resultsOf = (ids: readonly string[]) =>
    Promise.all(
      ids
        .map((id) => results.get(id))
        .filter((result): result is Promise<CheckResult> => result !== undefined),
    )
  const allLight = probes.filter((probe) => !probe.heavy).map((probe) => probe.id)
  for (const probe of order(probes)) {
    const answer = async (): Promise<CheckResult> => {
      const before = await resultsOf(probe.needs ?? [])
      if (probe.heavy) await resultsOf(allLight)
      const failed = before.find((result) => result.verdict !== 'yes')
      const seen = failed
        ? unclear(`not looked at: it needs that ${failed.title}`)
        : await (probe.heavy ? heavy : light)(() => look(probe, running.signal))
      const result = resultOf(probe, seen, running.now())
      running.onResult?.(result)
      return result
    }
    results.set(probe.id, answer())
  }
  return resultsOf(probes.map((probe) => probe.id))
}

async function look(probe: Probe, signal: AbortSignal | undefined): Promise<Seen> {
  if (signal?.aborted) return unclear('not looked at: interrupted')
  try {
    return await probe.run()
  } catch (error) {
    if (error instanceof Trouble) return unclear(`${error.fault.title}: ${error.fault.why}`, error.fault)
    throw error
  }
}

function resultOf(probe: Probe, { verdict, seen, fault, about }: Seen, at: Date): CheckResult {
  const dependsOn = [...new Set([...(probe.needs ?? []), ...(probe.causes ?? [])])]
  return {
    id: probe.id,
    title: probe.title,
    verdict,
    seen,
    vantage: probe.vantage,
    at: at.toISOString(),
    ...(fault ? { fault } : {}),
    ...(about ? { about } : {}),
    ...(dependsOn.length > 0 ? { dependsOn } : {}),
  }
}

/** What is needed comes first, and light ones before heavy ones, so that every promise waited for exists. */
function order(probes: readonly Probe[]): Probe[] {
  const byId = new Map<string, Probe>()
  for (const probe of probes) {
    if (byId.has(probe.id)) throw new RangeError(`two probes are called ${probe.id}`)
    byId.set(probe.id, probe)
  }
  const done = new Set<string>()
  const ordered: Probe[] = []
  const visit = (probe: Probe, path: readonly string[]): void => {
    if (done.has(probe.id)) return
    if (path.includes(probe.id)) throw new RangeError(`probes need each other: ${path.join(', ')}`)
    for (const id of probe.needs ?? []) {
      const needed = byId.get(id)
      if (needed) visit(needed, [...path, probe.id])
    }
    done.add(probe.id)
    ordered.push(probe)
  }
  for (const probe of [...probes].sort((a, b) => Number(a.heavy ?? false) - Number(b.heavy ?? false)))
    visit(probe, [])
  return ordered
}
