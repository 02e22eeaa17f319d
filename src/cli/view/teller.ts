// Decides which events become lines that stay, their wording, and which stream they go to.
// Leaves what is shown only while it lasts to live and plain.
import type { Fault } from '../../core/fault.ts'
import { showFault } from '../../core/fault-text.ts'
import type { RunEvent } from '../../run/events.ts'
import { type Paint, verdicts } from './paint.ts'
import { emptyScene, next, type Scene } from './scene.ts'
import { count, duration, place, tame } from './words.ts'

/** `out` is what was asked for (plan, report), `err` is how it goes. Text without a final newline. */
export type Said = { to: 'out' | 'err'; text: string }

/** Follows a run and says what stays on the screen. `again` is the command that continues the run. */
export class Teller {
  scene: Scene = emptyScene
  readonly #paint: Paint
  readonly #again: string

  constructor(paint: Paint, again: string) {
    this.#paint = paint
    this.#again = again
  }

  tell(event: RunEvent): Said[] {
    const before = this.scene
    this.scene = next(before, event)
    const said = this.#say(event)
    const speaksOfKept =
      event.type === 'phase.started' || event.type === 'run.finished' || event.type === 'report'
    if (!speaksOfKept || before.kept === 0) return said
    this.scene = { ...this.scene, kept: 0 }
    return [this.#err(this.#paint('quiet', `  = ${count(before.kept, 'step')} found done`)), ...said]
  }

  #say(event: RunEvent): Said[] {
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
      case 'check.round': {
        if (event.round > 1) return []
        const { yes, no, unchecked, everySeconds } = event
        const tally = `${yes} yes, ${no} no, ${unchecked} could not check`
        return [this.#err(`${tally}; again every ${duration(everySeconds)}, and only what changes is told.`)]
      }
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

/** A fault with its first line marked out. */
export function faultText(fault: Fault, paint: Paint): string {
  const [head = '', ...rest] = showFault(fault).split('\n')
  return [paint('bad', head), ...rest].join('\n')
}

function step({ lane, title }: { lane: string; title: string }): string {
  return `${place(lane).padEnd(5)} ${title}`
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ')
}
