// Decides the loop that mends a server: causes, the first repair with budget left, a look whether it helped, the next one, or a person.
// Leaves which repairs there are to delivery/repair, budgets to ledger, and looking to whoever calls.
import type { Repair } from '../core/repair.ts'
import type { Shell } from '../core/shell.ts'
import type { Site } from '../core/site.ts'
import type { Command } from '../core/step.ts'
import { repairsOf } from '../delivery/repair/repairs.ts'
import { findings, type Finding } from './judge.ts'
import { gaveUp, type Ledger, mayTry, seenNow, tried } from './ledger.ts'
import type { CheckResult } from './result.ts'

export type HealEvent =
  /** Said instead of `repair.started` in a dry run: nothing is done. */
  | { type: 'repair.planned'; repair: string; code: string; title: string; commands: readonly Command[] }
  | { type: 'repair.started'; repair: string; code: string; title: string; commands: readonly Command[] }
  | { type: 'repair.done'; repair: string; code: string; helped: boolean; seen: string }
  | { type: 'given-up'; code: string; why: string; fix: string }

export type HealInput = {
  site: Site
  shell: Shell
  /** Looks at the server anew, packets and all. */
  look: () => Promise<readonly CheckResult[]>
  /** What was seen a moment ago; left out: look first. */
  results?: readonly CheckResult[]
  /** Written before each repair, so that a healer that dies and starts again has spent what it has spent. */
  ledger: { read(): Ledger; write(ledger: Ledger): void }
  dryRun?: boolean
  /** Causes that may be mended; left out: all. */
  only?: (code: string) => boolean
  emit: (event: HealEvent) => void
  clock: HealClock
  signal?: AbortSignal
}

/** `milliseconds`: monotonic since the boot of the machine that keeps the ledger (CLOCK_MONOTONIC), never the wall clock. */
export type HealClock = {
  milliseconds(): number
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

export type Healed = {
  /** As seen last. */
  results: readonly CheckResult[]
  /** Repairs that were tried. */
  tried: readonly { repair: string; code: string; helped: boolean }[]
  /** Milliseconds until the next repair may be tried; null: none ever. */
  nextMilliseconds: number | null
}

/** Longest that one command of a repair may take. */
const commandMilliseconds = 60_000
/** Between two looks while a repair settles. */
const betweenLooks = 1_000

/**
 * Mends what may be mended now, and comes back: it does not wait for a budget to fill again. Never throws for what it
 * finds; what the shell throws (host unreachable) goes through.
 */
export async function heal(input: HealInput): Promise<Healed> {
  const { signal = new AbortController().signal } = input
  let results = input.results ?? (await input.look())
  const done: { repair: string; code: string; helped: boolean }[] = []
  if (input.dryRun) {
    plan(input, results)
    return { results, tried: done, nextMilliseconds: null }
  }
  for (;;) {
    const causes = causesOf(input, results)
    remember(input, causes)
    const next = signal.aborted ? undefined : firstPossible(input, causes)
    if (next === undefined) return { results, tried: done, nextMilliseconds: giveUpOrWait(input, causes) }
    const { cause, repair } = next
    const outcome = await attempt(input, cause, repair, signal)
    results = outcome.results
    done.push({ repair: repair.id, code: cause.fault.code, helped: outcome.helped })
  }
}

/** Root causes on this server that are proven, each with its repairs. */
type Cause = Finding & { repairs: readonly Repair[] }

function causesOf({ site, only }: HealInput, results: readonly CheckResult[]): Cause[] {
  return findings(results)
    .filter(
      ({ result, fault }) =>
        result.verdict === 'no' && fault.host === site.name && (only?.(fault.code) ?? true),
    )
    .map((finding) => ({ ...finding, repairs: repairsOf(site, finding.fault.code, finding.result.about) }))
}

function remember({ ledger, clock }: HealInput, causes: readonly Cause[]): void {
  const codes = causes.map(({ fault }) => fault.code)
  const repairs = causes.flatMap((cause) => cause.repairs)
  ledger.write(seenNow(ledger.read(), codes, repairs, clock.milliseconds()))
}

function firstPossible(
  { ledger, clock }: HealInput,
  causes: readonly Cause[],
): { cause: Cause; repair: Repair } | undefined {
  const now = clock.milliseconds()
  for (const cause of causes)
    for (const repair of cause.repairs) {
      const leave = mayTry(ledger.read(), cause.fault.code, repair, now)
      if (leave.may) return { cause, repair }
    }
  return undefined
}

/** Says once of each cause whose every repair is spent that it is a person's; gives the time until another may be tried. */
function giveUpOrWait({ ledger, clock, emit }: HealInput, causes: readonly Cause[]): number | null {
  const waits: number[] = []
  for (const { fault, repairs } of causes) {
    const leaves = repairs.map((repair) => mayTry(ledger.read(), fault.code, repair, clock.milliseconds()))
    const wait = leaves.flatMap((leave) => (leave.may || leave.spent ? [] : [leave.waitMilliseconds]))
    if (wait.length > 0) waits.push(Math.min(...wait))
    else if (leaves.every((leave) => !leave.may) && !ledger.read().givenUp.includes(fault.code)) {
      ledger.write(gaveUp(ledger.read(), fault.code))
      const why =
        repairs.length === 0 ? fault.why : `${fault.why}; what may be tried was tried, and did not help`
      emit({ type: 'given-up', code: fault.code, why, fix: fault.fix })
    }
  }
  return waits.length === 0 ? null : Math.min(...waits)
}

async function attempt(
  input: HealInput,
  { fault: { code }, result: { id } }: Cause,
  repair: Repair,
  signal: AbortSignal,
): Promise<{ results: readonly CheckResult[]; helped: boolean }> {
  const { ledger, clock, emit } = input
  ledger.write(tried(ledger.read(), code, repair, clock.milliseconds()))
  emit({ type: 'repair.started', repair: repair.id, code, title: repair.title, commands: repair.commands })
  const complaint = await runAll(input.shell, repair.commands, signal)
  const until = clock.milliseconds() + repair.settleSeconds * 1_000
  for (;;) {
    await clock.wait(betweenLooks, signal)
    const results = await input.look()
    const now = results.find((result) => result.id === id)
    const helped =
      now !== undefined && (now.verdict === 'yes' || (now.verdict === 'no' && now.fault?.code !== code))
    if (!helped && !signal.aborted && clock.milliseconds() < until) continue
    const seen = [now?.seen ?? 'it was not looked at', ...(complaint ? [complaint] : [])].join('; ')
    emit({ type: 'repair.done', repair: repair.id, code, helped, seen })
    return { results, helped }
  }
}

/** All of them, in order: one that fails (a route that is there already gone) does not keep the next from helping. */
async function runAll(shell: Shell, commands: readonly Command[], signal: AbortSignal): Promise<string> {
  const complaints: string[] = []
  for (const { argv, stdin } of commands) {
    const ran = await shell.run(argv, {
      timeout: commandMilliseconds,
      signal,
      ...(stdin === undefined ? {} : { stdin }),
    })
    if (ran.code !== 0)
      complaints.push(`${argv[0]}: ${ran.stderr.trim().split('\n').at(-1) || `exit ${ran.code}`}`)
  }
  return complaints.join('; ')
}

/** The whole ladder of each cause, first rung first. */
function plan(input: HealInput, results: readonly CheckResult[]): void {
  for (const { fault, repairs } of causesOf(input, results)) {
    for (const { id, title, commands } of repairs)
      input.emit({ type: 'repair.planned', repair: id, code: fault.code, title, commands })
    if (repairs.length === 0)
      input.emit({ type: 'given-up', code: fault.code, why: fault.why, fix: fault.fix })
  }
}
