// Decides how durations, lanes and foreign lines are written in a terminal.
// Leaves colour to paint.
import { stripVTControlCharacters } from 'node:util'
import { textWidth } from '../../core/text-width.ts'

/** `4 s`, `1 min 05 s`, `2 h 03 min`. Under ten seconds a step is quick enough for whole seconds to do. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`
}

/** `3 steps`, `1 step`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`
}

/** A lane as people call it: `host:os1` is os1, `cloud:os1` the cloud on it, `local` this machine. */
export function place(lane: string): string {
  const [kind, name] = lane.split(':')
  if (kind === 'cloud') return `${name} cloud`
  return name ?? (kind === 'local' ? 'here' : lane)
}

/** One line of a foreign program as one line of ours: no escapes, no bells, and what a carriage return overwrote is gone. */
export function tame(line: string): string {
  const shown = stripVTControlCharacters(line)
    .split('\r')
    .findLast((part) => part.trim() !== '')
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return (shown ?? '').replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim()
}

/**
 * A text of ours that has names and answers of others in it (of a student's network, of a command on an instance), as it
 * may go to a terminal: its lines and blanks stay, escapes go, and what else drives a terminal or turns the direction of
 * writing becomes a dot.
 */
export function harmless(text: string): string {
  return (
    stripVTControlCharacters(text)
      .replaceAll('\r\n', '\n')
      // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
      .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '·')
  )
}

/** Cut to so many columns, an ellipsis in the last. */
export function fit(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text
  let room = columns - 1
  let kept = ''
  for (const sign of text) {
    room -= textWidth(sign)
    if (room < 0) break
    kept += sign
  }
  return columns < 1 ? '' : `${kept}…`
}

function two(n: number): string {
  return String(n).padStart(2, '0')
}
