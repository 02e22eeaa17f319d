// Decides where in a line of CSV a field stands, for the caret under it.
// Leaves reading fields to csv.

/** Column from 1 and length of a field without its quotes; undefined where the line has no such field of its own. */
export function spanOf(
  line: string,
  delimiter: string,
  field: number,
): { column: number; length: number } | undefined {
  let start = 0
  for (let i = 0; ; i++) {
    const end = endOf(line, delimiter, start)
    if (i === field) return trimmed(line, start, end)
    if (end >= line.length) return undefined
    start = end + 1
  }
}

/** Offset of the delimiter that ends the field, or of the line's end. */
function endOf(line: string, delimiter: string, start: number): number {
  const opening = /^\s*"/.exec(line.slice(start).replace(delimiter === '\t' ? /^\t.*/ : /^$/, ''))
  let here = start
  if (opening) {
    here = start + opening[0].length
    while (here < line.length && (line[here] !== '"' || line[here + 1] === '"'))
      here += line[here] === '"' ? 2 : 1
  }
  const end = line.indexOf(delimiter, here)
  return end < 0 ? line.length : end
}

function trimmed(line: string, start: number, end: number): { column: number; length: number } | undefined {
  const text = line.slice(start, end)
  const bare = text.trim()
  if (bare === '') return undefined
  const inner = bare.length > 1 && bare.startsWith('"') && bare.endsWith('"') ? bare.slice(1, -1) : bare
  return { column: start + text.indexOf(inner) + 1, length: inner.length }
}
