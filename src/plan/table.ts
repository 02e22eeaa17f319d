// Decides how rows line up in plain text.
// Leaves what the rows say to text.
import { textWidth } from '../core/text-width.ts'

/** Columns two blanks apart; `right` names the columns that are numbers. Texts are not cut. */
export function table(
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
  indent = '',
): string[] {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, textWidth(cell))))
  return rows.map((row) =>
    (
      indent +
      row
        .map((cell, i) => {
          const pad = ' '.repeat((widths[i] ?? 0) - textWidth(cell))
          return right.includes(i) ? pad + cell : cell + pad
        })
        .join('  ')
    ).trimEnd(),
  )
}

/** Words of a text in lines of at most `columns`, each after `indent`; a longer word stands alone. */
export function wrap(text: string, columns: number, indent = ''): string[] {
  const lines: string[] = []
  let line = ''
  // An amount and its unit stay together.
  for (const word of text.split(/ (?![GM]iB\b)/)) {
    if (line !== '' && indent.length + line.length + 1 + word.length > columns) {
      lines.push(indent + line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, indent + line]
}

/** `192 MiB`, `1.5 GiB`: one place at most, the smaller unit below one GiB. */
export function memoryText(mib: number): string {
  return mib < 1024 ? `${Math.round(mib)} MiB` : `${Number((mib / 1024).toFixed(1))} GiB`
}
