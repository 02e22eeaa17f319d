// Decides who stands in a roster: a CSV file of any encoding and delimiter, as universities' programs export it.
// Leaves each line to roster-row, logins to register, and splitting into groups to groups.
import { basename } from 'node:path'
import { bad, good, type Fault, type Outcome, type Where } from '../core/fault.ts'
import { delimiterName, readCsv, type Csv, type Row } from './csv.ts'
import { sameKey } from './person-name.ts'
import { columnsOf, knownIn, type Column, type Columns, type Mapping } from './roster-columns.ts'
import { readRow, type Listed } from './roster-row.ts'

export type Roster = {
  listed: readonly Listed[]
  /** What was decided while it was read, a sentence each. */
  notes: readonly string[]
}

/**
 * Reads a roster. Every fault of every line at once. Columns that neither are known nor mapped are ignored, and said.
 * `placeOf` gives the place of a mapped header in the course file.
 */
export function readRoster(
  file: string,
  bytes: Uint8Array,
  mapping: Mapping = {},
  placeOf: (column: Column) => Where | undefined = () => undefined,
): Outcome<Roster> {
  const csv = readCsv(file, bytes, knownIn(mapping))
  if (!csv.ok) return csv
  const { header, body, above } = csv.value
  if (!header)
    return bad({
      code: 'empty-roster',
      title: `${file} is empty`,
      why: 'a roster has a line of headers and one line a student',
      fix: 'export it again, or write `count:` instead of `roster:`',
    })
  const columns = columnsOf(header, csv.value, mapping, placeOf)
  if (!columns.ok) return columns
  const faults: Fault[] = above.flatMap((row) => studentAbove(row, csv.value))
  const listed: Listed[] = []
  for (const row of body) {
    const outcome = readRow(row, header, columns.value, csv.value)
    if (outcome.ok) listed.push(outcome.value)
    else faults.push(...outcome.faults)
  }
  const counted = isCounter(listed)
  faults.push(...twice(listed, columns.value, csv.value, 'email'))
  faults.push(...twice(listed, columns.value, csv.value, 'id'))
  if (faults.length === 0 && listed.length === 0)
    faults.push({
      code: 'empty-roster',
      title: `${file} names no student`,
      why: 'there is nothing below the headers',
      fix: 'export it again, or write `count:` instead of `roster:`',
      where: csv.value.at(header.line),
    })
  faults.sort((a, b) => (a.where?.line ?? 0) - (b.where?.line ?? 0))
  if (faults.length > 0) return bad(...faults)
  return good({
    listed: counted ? listed.map((one) => ({ ...one, id: null })) : listed,
    notes: notesOf(file, csv.value, header, columns.value, counted),
  })
}

/** `student-01` and so on: stand-ins while there is no roster. */
export function unnamedStudents(count: number): Listed[] {
  const digits = Math.max(2, String(count).length)
  return Array.from({ length: count }, (_, i) => {
    const login = `student-${String(i + 1).padStart(digits, '0')}`
    return {
      id: null,
      name: login,
      email: null,
      sshKey: null,
      team: null,
      group: null,
      made: { login, from: `number ${i + 1} of the class` },
      wish: null,
      where: null,
    }
  })
}

/** Numbers 1, 2, 3 … tell lines apart, not people: with the next order of the list they are others'. */
function isCounter(listed: readonly Listed[]): boolean {
  return listed.length > 1 && listed.every(({ id }, i) => /^0*\d+$/.test(id ?? '') && Number(id) === i + 1)
}

function twice(listed: readonly Listed[], columns: Columns, csv: Csv, column: 'email' | 'id'): Fault[] {
  const first = new Map<string, Listed>()
  return listed.flatMap((one) => {
    const value = one[column]
    if (value === null) return []
    const other = first.get(sameKey(value))
    first.set(sameKey(value), other ?? one)
    if (!other) return []
    const line = one.where?.line ?? 1
    return [
      {
        code: column === 'email' ? 'same-email' : 'same-number',
        title: `${value} is also that of line ${other.where?.line ?? 1}`,
        why: 'one student twice, or a mistake in one of the two: it tells people apart',
        fix: 'remove the line, or correct one of them',
        where: csv.at(line, columns.get(column)),
      },
    ]
  })
}

function studentAbove(row: Row, csv: Csv): Fault[] {
  if (!row.cells.some((cell) => /^\S+@\S+\.\S+$/.test(cell)) || row.cells.length < 3) return []
  return [
    {
      code: 'student-above',
      title: 'above the headers, but it looks like a student',
      why: 'only what stands below the headers is read',
      fix: 'move the line below the headers',
      where: csv.at(row.line),
    },
  ]
}

function notesOf(file: string, csv: Csv, header: Row, columns: Columns, counted: boolean): string[] {
  const { encoding, delimiter, above } = csv
  const name = basename(file)
  const skipped =
    above.length === 0
      ? ''
      : `, ${above.length} ${above.length === 1 ? 'line' : 'lines'} above ${above.length === 1 ? 'it' : 'them'} skipped`
  const used = [...columns].toSorted(([, a], [, b]) => a - b)
  const fields = used.map(([column, i]) => `${column} from \`${header.cells[i]}\``)
  const others = header.cells.filter((cell, i) => cell !== '' && !used.some(([, at]) => at === i))
  return [
    `${name}: read as ${encoding}, separated by ${delimiterName(delimiter)}, headers in line ${header.line}${skipped}`,
    `${name}: ${fields.join(', ')}${others.length === 0 ? '' : `; not used: ${others.map((cell) => `\`${cell}\``).join(', ')}`}`,
    ...(counted
      ? [
          `${name}: the numbers 1 to ${csv.body.length} count lines, so they are not taken for student numbers`,
        ]
      : []),
  ]
}
