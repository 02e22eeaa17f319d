// Decides which events become lines that stay, their wording, and which stream they go to.
// Leaves what is shown only while it lasts to live and plain.
import type { Fault } from '../../core/fault.ts'
import { showFault } from '../../core/fault-text.ts'
import { quote } from '../../host/quote.ts'
import type { RunEvent } from '../../run/events.ts'
import { type Paint, verdicts } from './paint.ts'
import { emptyScene, next, type Round, type Scene } from './scene.ts'
import { count, duration, harmless, place, tame } from './words.ts'

/** `out` is what was asked for (plan, report), `err` is how it goes. Text without a final newline. */
export type Said = { to: 'out' | 'err'; text: string }

type Finding = Round['findings'][number]

/** Follows a run and says what stays on the screen. `again` is the command that continues the run. */
export class Teller {
  scene: Scene = emptyScene
  readonly #paint: Paint
  readonly #again: string

  readonly #isLive: boolean

  /** `isLive`: what lasts is drawn below by somebody else. */
  constructor(paint: Paint, again: string, isLive = false) {
    this.#paint = paint
    this.#again = again
    this.#isLive = isLive
  }

  tell(told: RunEvent): Said[] {
    const event = shown(told)
    const before = this.scene
    this.scene = next(before, event)
    const said = this.#say(event, before)
    const speaksOfKept =
      event.type === 'phase.started' || event.type === 'run.finished' || event.type === 'report'
    if (!speaksOfKept || before.kept === 0) return said
    this.scene = { ...this.scene, kept: 0 }
    return [this.#err(this.#paint('quiet', `  = ${count(before.kept, 'step')} found done`)), ...said]
  }

  #say(event: RunEvent, before: Scene): Said[] {
    const paint = this.#paint
    switch (event.type) {
      case 'run.started':
        if (event.resumes === null) return []
        return [this.#err('Continuing a run that was cut: every step looks at the world before it acts.')]
      case 'phase.started':
        return [this.#err(`\n${paint('strong', event.title)}`)]
      case 'plan.made':
        return [{ to: 'out', text: event.text }]
      case 'report':
        return [...(this.scene.phase ? [this.#err('')] : []), { to: 'out', text: event.text }]
      case 'step.done':
        return [
          this.#err(`  ${paint('good', '✓')} ${step(event)}  ${paint('quiet', duration(event.seconds))}`),
        ]
      case 'step.failed':
        return [
          this.#err(`  ${paint('bad', '✗')} ${step(event)}  ${paint('quiet', duration(event.seconds))}`),
          this.#err(indent(faultText(event.fault as Fault, paint))),
        ]
      case 'check.result': {
        const { mark, meaning } = verdicts[event.verdict]
        const seen = event.seen === '' ? '' : `  ${paint('quiet', tame(event.seen))}`
        const line = this.#err(`  ${paint(meaning, mark)} ${event.title}${seen}`)
        return event.fault ? [line, this.#err(indent(faultText(event.fault as Fault, paint)))] : [line]
      }
      case 'check.round':
        return this.#round(event, before)
      case 'agent.event': {
        if (event.text === '') return []
        const at = (event.event as { at?: string } | null)?.at ?? event.at
        return [this.#err(`${timeOf(at)}  ${event.host}  ${tame(event.text)}`)]
      }
      case 'watch.state':
        // In a terminal the line stands below, and is drawn anew (live).
        return this.#isLive ? [] : [this.#err(`${timeOf(event.at)}  ${event.text}`)]
      case 'repair.planned':
      case 'repair.started': {
        const lines = event.commands.map((argv) => `      ${quote(argv)}`)
        const head = `  ${paint('active', '▸')} ${event.host}  ${event.title}  ${paint('quiet', event.code)}`
        return [this.#err([head, ...(event.type === 'repair.planned' ? lines : [])].join('\n'))]
      }
      case 'repair.done': {
        const { mark, meaning } = verdicts[event.helped ? 'yes' : 'no']
        const how = event.helped ? 'it helped' : `it did not help: ${tame(event.seen)}`
        return [this.#err(`  ${paint(meaning, mark)} ${event.host}  ${how}  ${paint('quiet', event.code)}`)]
      }
      case 'given-up':
        return [
          this.#err(
            `  ${paint('bad', '✗')} ${event.host}  ${event.code} is for a person\n${indent(`${event.why}\n${event.fix}`)}`,
          ),
        ]
      case 'note':
        return [this.#err(event.text)]
      case 'fault':
        return [this.#err(faultText(event.fault as Fault, paint))]
      case 'run.finished':
        return this.#end(event)
      case 'step.kept':
      case 'step.started':
      case 'step.line':
      case 'step.part':
        return []
    }
  }

  /** What is new since the last round, by cause: what follows from one is only counted. */
  #round(event: Round, { round: last }: Scene): Said[] {
    const paint = this.#paint
    const key = (one: Finding) => `${one.id} ${one.fault.code}`
    const had = new Map(last?.findings.map((one) => [key(one), one]))
    const has = new Map(event.findings.map((one) => [key(one), one]))
    const time = paint('quiet', event.at.slice(11, 19))
    const gone = [...had].filter(([id]) => !has.has(id)).map(([, one]) => one)
    const fresh = event.findings.filter((one) => !had.has(key(one)))
    return [
      ...gone.map((one) => this.#err(`${time} ${paint('good', '✓')} over: ${one.title}`)),
      ...fresh.flatMap((one) => {
        const { mark, meaning } = verdicts[one.verdict]
        const more = one.follows.length > 0 ? paint('quiet', `  (and so ${one.follows.length} more)`) : ''
        return [
          this.#err(`${time} ${paint(meaning, mark)} not so: ${one.title}${more}`),
          this.#err(indent(paint('quiet', tame(one.seen)))),
          this.#err(indent(faultText(one.fault as Fault, paint))),
        ]
      }),
      ...(event.round === 1 || gone.length + fresh.length > 0
        ? [this.#err(`${time}   ${tally(event)}`)]
        : []),
    ]
  }

  #end(event: Extract<RunEvent, { type: 'run.finished' }>): Said[] {
    const { changed, kept, outcome } = event
    const took = duration(event.seconds)
    const again = `Type again: ${this.#again}`
    const work = `${count(changed, 'step')} carried out, ${kept} found done`
    switch (outcome) {
      case 'done':
        if (changed + kept === 0) return []
        if (changed === 0)
          return [this.#err(`\nNothing to change: all ${count(kept, 'step')} found done (${took}).`)]
        return [this.#err(`\n${this.#paint('good', 'Done')} in ${took}: ${work}.`)]
      case 'failed':
        if (changed + kept === 0) return []
        return [
          this.#err(
            `\n${this.#paint('bad', 'Not finished')} after ${took}: ${work}. What is done stays done.\n${again}`,
          ),
        ]
      case 'interrupted':
        return [
          this.#err(
            `\n${this.#paint('unsure', 'Stopped')} after ${took}: ${work}. What is done stays done.\n${again}`,
          ),
        ]
      case 'refused':
        return changed === 0 ? [this.#err('Nothing was changed.')] : [this.#err(`${work}.`)]
      case 'could-not-check':
        return [this.#err(`Could not check everything. ${again}`)]
    }
  }

  #err(text: string): Said {
    return { to: 'err', text }
  }
}

/** Titles and texts hold names that students give; `agent.event` and lines of programs are tamed where they are shown. */
function shown(event: RunEvent): RunEvent {
  if (event.type === 'agent.event') return event
  return {
    ...event,
    ...('title' in event ? { title: harmless(event.title) } : {}),
    ...('text' in event ? { text: harmless(event.text) } : {}),
  }
}

/** A fault with its first line marked out. */
export function faultText(fault: Fault, paint: Paint): string {
  const [head = '', ...rest] = showFault(fault).split('\n')
  return [paint('bad', head), ...rest].join('\n')
}

function tally({ yes, no, unchecked, round, everySeconds }: Round): string {
  const all = `${yes} yes, ${no} no, ${unchecked} could not check`
  return round > 1 ? all : `${all}; again every ${duration(everySeconds)}, and what changes is told`
}

function step({ lane, title }: { lane: string; title: string }): string {
  return `${place(lane).padEnd(5)} ${title}`
}

/** Of this machine's time zone. */
function timeOf(at: string): string {
  return new Date(at).toTimeString().slice(0, 8)
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ')
}
