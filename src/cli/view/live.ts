// Decides what a terminal shows of a run while it goes on: the steps at work, their time and last line, below what is done.
// Leaves drawing to canvas, and what stays to teller.
import { type Paint, verdicts } from './paint.ts'
import type { Round, Running, Scene } from './scene.ts'
import { count, duration, fit, place, tame } from './words.ts'

/** A step is quick when it ends before this; only slower ones show their last line. Milliseconds. */
const slow = 2_000

/** The frame for this moment, within so many columns and rows. Empty when nothing is at work. */
export function frame(
  scene: Scene,
  now: number,
  size: { columns: number; rows: number },
  paint: Paint,
): string {
  if (scene.watched.size > 0) return listening(scene, size, paint)
  if (scene.running.size === 0) return scene.round ? watching(scene.round, now, size, paint) : ''
  const steps = [...scene.running.values()]
  const room = Math.max(1, Math.floor((size.rows - 3) / 2))
  const shown = steps.slice(0, room).flatMap((one) => lines(one, now, size.columns, paint))
  const hidden =
    steps.length > room ? [paint('quiet', `  and ${count(steps.length - room, 'more step')} at work`)] : []
  return [...shown, ...hidden, paint('quiet', fit(foot(scene, now), size.columns))].join('\n')
}

function lines(one: Running, now: number, columns: number, paint: Paint): string[] {
  const elapsed = duration((now - one.since) / 1000)
  const part = one.part ? ` ${one.part.done} of ${one.part.total}` : ''
  const title = fit(`${place(one.lane).padEnd(5)} ${one.title}${part}`, columns - 6 - elapsed.length)
  const head = `  ${paint('active', '▸')} ${title}  ${paint('quiet', elapsed)}`
  const last = tame(one.line)
  if (last === '' || now - one.since < slow) return [head]
  return [head, paint('quiet', fit(`          ${last}`, columns))]
}

function foot(scene: Scene, now: number): string {
  const whole = duration((now - scene.began) / 1000)
  if (!scene.phase) return `  ${whole}`
  return `  ${scene.phase.title}: ${scene.settled} of ${scene.phase.tasks} · ${whole} in all`
}

const moods = { well: verdicts.yes, broken: verdicts.no, unsure: verdicts['could-not-check'] }

/** A line a server, as many as fit, below what the agents told. */
function listening(scene: Scene, size: { columns: number; rows: number }, paint: Paint): string {
  const all = [...scene.watched.values()]
  const shown = all.slice(0, Math.max(1, size.rows - 3)).map(({ mood, text }) => {
    const { mark, meaning } = moods[mood]
    return `  ${paint(meaning, mark)} ${fit(tame(text), size.columns - 4)}`
  })
  const hidden = all.length - shown.length
  const more = hidden > 0 ? [paint('quiet', `  and ${count(hidden, 'more server')}`)] : []
  return [...shown, ...more, paint('quiet', '  Ctrl-C ends')].join('\n')
}

/** The troubles of the last round, as many as fit, over a line that says when the next one is. */
function watching(round: Round, now: number, size: { columns: number; rows: number }, paint: Paint): string {
  const { findings } = round
  const shown = findings.slice(0, Math.max(1, size.rows - 4))
  const rows = shown.map(({ title, verdict, fault, seen, follows }) => {
    const { mark, meaning } = verdicts[verdict]
    const more = follows.length > 0 ? `, and so ${follows.length} more` : ''
    const text = `${title}  ${fault.code}${more}  ${tame(seen)}`
    return `  ${paint(meaning, mark)} ${fit(text, size.columns - 4)}`
  })
  const rest = findings.length - shown.length
  const hidden = rest > 0 ? [paint('quiet', `  and ${count(rest, 'more finding')}`)] : []
  const next = Math.max(
    0,
    round.everySeconds - Math.max(round.seconds, 0) - (now - Date.parse(round.at)) / 1000,
  )
  const { yes, no, unchecked } = round
  const foot = `  ${yes} yes, ${no} no, ${unchecked} could not check · round ${round.round} · ${next > 0 ? `next in ${duration(next)}` : 'looking'} · Ctrl-C ends`
  return [...rows, ...hidden, paint('quiet', fit(foot, size.columns))].join('\n')
}
