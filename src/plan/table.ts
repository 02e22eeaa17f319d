// Decides how rows line up in plain text.
// Leaves what the rows say to text.

/** Columns two blanks apart; `right` names the columns that are numbers. Texts are not cut. */
export function table(
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
  indent = '',
): string[] {
  const widths: number[] = []
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, [...cell].length)))
  return rows.map((row) =>
    (
      indent +
      row
        .map((cell, i) => {
          const pad = ' '.repeat((widths[i] ?? 0) - [...cell].length)
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
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > columns) {
      lines.push(indent + line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, indent + line]
}
