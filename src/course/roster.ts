// Decides who the students are from a CSV file of any encoding and delimiter.
// Leaves splitting them into groups to groups.
import { parse } from 'csv-parse/sync'
import { bad, good, type Fault, type Outcome, type Where } from '../core/fault.ts'
import { anyText } from './bytes.ts'
import type { Student } from './course.ts'
import { seenText } from './field.ts'
import { asciiName, loginFor } from './login.ts'
import { columnOf, knownHeaders, type Column } from './roster-columns.ts'
import { readSshKey } from './ssh-key.ts'
import { nearest } from './suggest.ts'

/** A student and the group that the roster names, if it does. */
export type Listed = { student: Student; group: string | null }

type Row = { cells: readonly string[]; line: number }

/** Reads a roster. Every fault of every line at once. The first line names the columns; others than known are ignored. */
export function readRoster(file: string, bytes: Uint8Array): Outcome<Listed[]> {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return bad(workbook(file))
  const { text } = anyText(bytes)
  const lines = text.split('\n')
  const at = place(file, lines)
  const delimiter = delimiterOf(lines.find((line) => line.trim() !== '') ?? '')
  const read = rows(text, delimiter, at)
  if (!read.ok) return read
  const [header, ...body] = read.value
  if (!header)
    return bad({
      code: 'empty-roster',
      title: `${file} is empty`,
      why: 'a roster has a line of headers and one line a student',
      fix: 'export it again, or write `count:` instead of `roster:`',
    })
  const columns = header.cells.map(columnOf)
  const faults = headerFaults(header, columns, at)
  if (faults.length > 0) return bad(...faults)
  const listed: (Listed & { row: Row })[] = []
  for (const row of body) {
    const outcome = readRow(row, columns, header.cells.length, at)
    if (outcome.ok) listed.push({ ...outcome.value, row })
    else faults.push(...outcome.faults)
  }
  faults.push(...clashes(listed, at))
  if (faults.length === 0 && listed.length === 0)
    faults.push({
      code: 'empty-roster',
      title: `${file} names no student`,
      why: 'there is nothing below the headers',
      fix: 'export it again, or write `count:` instead of `roster:`',
      where: at(header.line),
    })
  faults.sort((a, b) => (a.where?.line ?? 0) - (b.where?.line ?? 0))
  return faults.length > 0 ? bad(...faults) : good(listed.map(({ student, group }) => ({ student, group })))
}

/** `student-01` and so on: stand-ins while there is no roster. */
export function unnamedStudents(count: number): Student[] {
  const digits = Math.max(2, String(count).length)
  return Array.from({ length: count }, (_, i) => {
    const login = `student-${String(i + 1).padStart(digits, '0')}`
    return { id: login, name: login, email: null, login, sshKey: null, team: null }
  })
}

function rows(text: string, delimiter: string, at: At): Outcome<Row[]> {
  try {
    const records = parse(text, {
      delimiter,
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as { record: string[]; info: { lines: number } }[]
    return good(
      records
        .map(({ record, info }) => ({ cells: record, line: info.lines }))
        .filter((row) => row.cells.some((cell) => cell !== '')),
    )
  } catch (error) {
    const line = error instanceof Error && 'lines' in error ? Number(error.lines) : 1
    return bad({
      code: 'bad-csv',
      title: 'a quotation mark that does not pair',
      why: 'a field in quotes ends at the next quote; a quote inside it is written twice',
      fix: 'remove the quotation mark, or double it',
      where: at(line),
    })
  }
}

type At = (line: number, cell?: string) => Where

function place(file: string, lines: readonly string[]): At {
  return (line, cell) => {
    const number = Math.min(Math.max(1, line), lines.length)
    const source = lines[number - 1] ?? ''
    const found = cell === undefined || cell === '' ? -1 : source.indexOf(cell)
    const length = found >= 0 && cell !== undefined ? cell.length : source.length
    return { file, line: number, column: Math.max(0, found) + 1, length: Math.max(1, length), source }
  }
}

function delimiterOf(header: string): string {
  const bare = header.replaceAll(/"[^"]*"/g, '')
  const count = (delimiter: string) => bare.split(delimiter).length - 1
  return [',', ';', '\t', '|'].reduce((best, next) => (count(next) > count(best) ? next : best))
}

function headerFaults(header: Row, columns: readonly (Column | undefined)[], at: At): Fault[] {
  const faults: Fault[] = []
  columns.forEach((column, i) => {
    if (column !== undefined && columns.indexOf(column) < i)
      faults.push({
        code: 'two-columns',
        title: `two columns for ${column}`,
        why: 'nothing says which of them counts',
        fix: `rename \`${header.cells[i]}\``,
        where: at(header.line, header.cells[i]),
      })
  })
  if (
    columns.some(
      (column) => column === 'name' || column === 'last' || column === 'email' || column === 'login',
    )
  )
    return faults
  const guess = header.cells
    .map((cell) => nearest(asciiName(cell), knownHeaders))
    .find((name) => name !== undefined)
  const isData = header.cells.some((cell) => cell.includes('@'))
  faults.push({
    code: 'no-headers',
    title: 'the first line names no column that tells who somebody is',
    why: isData
      ? 'it looks like a student already; the first line must name the columns'
      : 'one of name, last name, e-mail or login is needed',
    fix:
      guess === undefined
        ? 'begin the file with a line such as: id;name;email;group'
        : `did you mean \`${guess}\`?`,
    where: at(header.line),
  })
  return faults
}

function readRow(row: Row, columns: readonly (Column | undefined)[], width: number, at: At): Outcome<Listed> {
  const extra = row.cells.slice(width).filter((cell) => cell !== '')
  if (extra.length > 0)
    return bad({
      code: 'too-many-fields',
      title: `${row.cells.length} fields, but ${width} headers`,
      why: 'a field holds the delimiter, so the rest of the line has slipped',
      fix: 'put that field in quotation marks',
      where: at(row.line),
    })
  const cell = (column: Column) => {
    const i = columns.indexOf(column)
    return i < 0
      ? ''
      : seenText(row.cells[i] ?? '')
          .normalize('NFC')
          .replaceAll(/\s+/g, ' ')
          .trim()
  }
  const email = cell('email')
  const faults: Fault[] = []
  if (email !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
    faults.push({
      code: 'bad-email',
      title: `not an e-mail address: ${email}`,
      why: 'log-in data are sent there',
      fix: 'correct it or leave the field empty',
      where: at(row.line, email),
    })
  const key = cell('key') === '' ? undefined : readSshKey(cell('key'))
  if (key?.ok === false)
    faults.push(...key.faults.map((fault) => hideKey({ ...fault, where: at(row.line, cell('key')) })))
  const last = cell('last')
  const name = cell('name') || [cell('first'), last].filter((part) => part !== '').join(' ')
  const login = loginFor({ login: cell('login'), email, name, id: cell('id') })
  if (login === undefined)
    faults.push({
      code: 'no-login',
      title: 'no login can be made for this student',
      why: 'neither login, e-mail, name nor number has a letter a to z or a digit',
      fix: 'add a `login` column and fill it here',
      where: at(row.line),
    })
  if (login === undefined || faults.length > 0) return bad(...faults)
  const group = cell('group')
  return good({
    student: {
      id: cell('id') || login,
      name: name || login,
      email: email || null,
      login,
      sshKey: key?.ok ? key.value : null,
      team: asciiName(cell('team')) || null,
    },
    group: group === '' ? null : group,
  })
}

/** A private key pasted into a roster is not shown once more. */
function hideKey(fault: Fault): Fault {
  if (fault.code !== 'private-key' || !fault.where) return fault
  const { source: _, ...where } = fault.where
  return { ...fault, where }
}

function clashes(listed: readonly (Listed & { row: Row })[], at: At): Fault[] {
  const faults: Fault[] = []
  const first = new Map<string, Row>()
  for (const { student, row } of listed) {
    const other = first.get(student.login)
    if (!other) first.set(student.login, row)
    else
      faults.push({
        code: 'same-login',
        title: `login ${student.login} is also that of line ${other.line}`,
        why: 'two students cannot share an account; the same line twice, or two people of one name',
        fix: 'remove the line, or add a `login` column and give each their own',
        where: at(row.line, student.email ?? student.name),
      })
  }
  return faults
}

function workbook(file: string): Fault {
  return {
    code: 'workbook',
    title: `${file} is a workbook (or another zip), not CSV`,
    why: 'bateau reads text with one student a line',
    fix: 'in the spreadsheet: Save as, CSV UTF-8',
  }
}
