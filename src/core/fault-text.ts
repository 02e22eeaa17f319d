// Decides how a fault reads as plain text: place, what, the line with a caret, why, fix.
// Leaves colours and the stream to the faces.
import type { Fault, Where } from './fault.ts'
import { textWidth } from './text-width.ts'

/** Columns of source shown around a caret; longer lines are cut to a window that holds the caret. */
const windowWidth = 96

/**
 * One fault as lines without a final newline. `title` and source are the user's text and may hold anything: control
 * characters (terminal escapes among them) come out as `·`.
 */
export function showFault(fault: Fault): string {
  const place = fault.where ? `${fault.where.file}:${fault.where.line}:${fault.where.column}  ` : ''
  const host = fault.host === undefined ? '' : `${fault.host}  `
  const head = `${place}${host}${fault.title}`
  const body = [fault.why, fault.fix].filter((text) => text !== '').map((text) => indent(text))
  const cause = fault.cause ? [`   because  ${showFault(fault.cause).replaceAll('\n', '\n   ')}`] : []
  return [plain(head), ...(fault.where ? excerpt(fault.where) : []), ...body, ...cause].join('\n')
}

/** All faults of one look, in the order of their places, a blank line between. */
export function showFaults(faults: readonly Fault[]): string {
  return faults.map(showFault).join('\n\n')
}

function excerpt(where: Where): string[] {
  if (where.source === undefined) return []
  const caretAt = where.column - 1
  const from = caretAt + where.length <= windowWidth ? 0 : Math.max(0, caretAt - Math.floor(windowWidth / 3))
  const lead = from > 0 ? '…' : ''
  const cut = where.source.slice(from, from + windowWidth)
  const tail = from + windowWidth < where.source.length ? '…' : ''
  const number = String(where.line).padStart(5)
  const length = Math.max(1, Math.min(where.length, windowWidth - (caretAt - from)))
  const pad = ' '.repeat(lead.length + textWidth(plain(cut.slice(0, caretAt - from))))
  return [
    `${number} | ${lead}${plain(cut)}${tail}`,
    `${' '.repeat(number.length)} | ${pad}${'^'.repeat(length)}`,
  ]
}

function indent(text: string): string {
  return plain(text, true)
    .split('\n')
    .map((line) => `   ${line}`)
    .join('\n')
}

function plain(text: string, keepNewlines = false): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (char) =>
    char === '\n' && keepNewlines ? char : char === '\t' ? ' ' : '·',
  )
}
