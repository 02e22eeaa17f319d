// Decides how the register stands in its file: CSV that a person reads and may mend, one line a person.
// Leaves what it means to register, and writing it to deploy/.
import { createHash } from 'node:crypto'
import { bad, good, type Fault, type Outcome } from '../core/fault.ts'
import type { Day } from './class.ts'
import { readCsv, type Csv, type Row } from './csv.ts'
import { seenText } from './field.ts'
import { sameKey } from './person-name.ts'
import type { Entry } from './register.ts'
import { nearest } from './suggest.ts'

const columns = [
  'login',
  'id',
  'name',
  'email',
  'group',
  'cloud',
  'network',
  'range',
  'since',
  'left',
  'from',
  'course',
] as const
type Column = (typeof columns)[number]
const needed: readonly Column[] = ['login', 'since', 'left', 'course']

/** The whole file. Logins are in the order in which people came. */
export function registerText(entries: readonly Entry[], course: string): string {
  // Most courses have no own networks.
  const written = columns.filter((column) => column !== 'range' || entries.some(({ range }) => range))
  const lines = entries.map((entry) =>
    written.map((column) => quoted(column === 'course' ? course : `${entry[column] ?? ''}`)).join(','),
  )
  return [written.join(','), ...lines, ''].join('\n')
}

/** Tells whether a register is still the one that was read. */
export const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

const quoted = (text: string) => (/[",;|\n\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/**
 * Reads it, also as a spreadsheet saved it. A fault for every line that cannot be trusted; nothing of it is ignored, for
 * what is forgotten here would be given to somebody else. Fault codes: `merge-conflict`, `register-headers`,
 * `register-line`, `register-login`, `register-day`, `register-network`, `register-course`, `register-twice`, and those of csv.
 */
export function readRegister(file: string, bytes: Uint8Array, course: string): Outcome<Entry[]> {
  const conflict = conflicts(file, bytes)
  if (conflict.length > 0) return bad(...conflict)
  const csv = readCsv(file, bytes, (cells) => cells.filter((cell) => isColumn(cell)).length)
  if (!csv.ok) return csv
  const { header, body, above, at } = csv.value
  const fields = header?.cells.map((cell) => cell.toLowerCase()) ?? []
  const missing = needed.filter((column) => !fields.includes(column))
  const unknown = fields.findIndex((cell) => cell !== '' && !isColumn(cell))
  const [stray] = above
  if (!header || missing.length > 0 || unknown >= 0 || stray)
    return bad(badHeaders(csv.value, missing, header?.cells[unknown], stray))
  const faults: Fault[] = []
  const entries: Entry[] = []
  for (const row of body) {
    const read = readEntry(row, fields, csv.value, course)
    if (read.ok) entries.push(read.value)
    else faults.push(...read.faults)
  }
  for (const key of ['login', 'id', 'email'] as const)
    faults.push(...twice(entries, key, (line) => at(line, fields.indexOf(key))))
  faults.sort((a, b) => (a.where?.line ?? 0) - (b.where?.line ?? 0))
  return faults.length > 0 ? bad(...faults) : good(entries)
}

const isColumn = (cell: string): boolean => columns.some((column) => column === cell.toLowerCase())

function readEntry(row: Row, fields: readonly string[], csv: Csv, course: string): Outcome<Entry> {
  const index = (column: Column) => fields.indexOf(column)
  const cell = (column: Column) =>
    seenText(row.cells[index(column)] ?? '')
      .normalize('NFC')
      .trim() || null
  const faults: Fault[] = []
  const refuse = (column: Column, code: string, title: string, fix: string) =>
    faults.push({
      code,
      title,
      why: 'the register says whose a login is; what it does not say clearly, nobody may guess',
      fix,
      where: csv.at(row.line, index(column)),
    })
  if (row.cells.length !== fields.length)
    refuse(
      'login',
      'register-line',
      `${row.cells.length} fields, but ${fields.length} headers`,
      'put the field that holds the delimiter in quotation marks; or take the line from a copy',
    )
  const login = cell('login') ?? ''
  if (faults.length === 0 && !/^[a-z][a-z0-9-]{0,31}$/.test(login))
    refuse(
      'login',
      'register-login',
      login === '' ? 'a line without a login' : `not a login: ${login}`,
      'write the login as it was; `bateau class status` shows those in the cloud',
    )
  for (const column of ['since', 'left'] as const) {
    const written = cell(column)
    if (faults.length > 0 || (column === 'left' && written === null) || isDay(written)) continue
    refuse(column, 'register-day', `${column}: not a day: ${written ?? ''}`, 'write it like 2027-02-01')
  }
  const network = cell('network')
  if (faults.length === 0 && network !== null && !/^\d{1,5}$/.test(network))
    refuse(
      'network',
      'register-network',
      `not the number of a network: ${network}`,
      'write the number as it was: the place of its prefix in the pool, from 0; or take the line from a copy',
    )
  const range = cell('range')
  if (faults.length === 0 && range !== null && !/^(?:[1-5]\d|6[0-4])$/.test(range))
    refuse(
      'range',
      'register-network',
      `not the length of a prefix: ${range}`,
      'write it as it was: of the range of own networks, such as 59; or take the line from a copy',
    )
  const of = cell('course')
  if (faults.length === 0 && of !== course)
    refuse(
      'course',
      'register-course',
      `this line is of the course ${of ?? '?'}, not of ${course}`,
      'give each course its own register: students.register',
    )
  if (faults.length > 0) return bad(...faults)
  return good({
    login,
    id: cell('id'),
    name: cell('name'),
    email: cell('email'),
    group: cell('group'),
    cloud: cell('cloud'),
    network: network === null ? null : Number(network),
    ...(range !== null && { range: Number(range) }),
    since: cell('since') as Day,
    left: cell('left'),
    from: cell('from') ?? 'the register',
    where: csv.at(row.line),
  })
}

function isDay(text: string | null): boolean {
  const day = /^\d{4}-\d\d-\d\d$/.test(text ?? '') ? new Date(`${text}T00:00:00Z`) : undefined
  return day !== undefined && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text ?? '-')
}

function twice(
  entries: readonly Entry[],
  key: 'login' | 'id' | 'email',
  at: (line: number) => Fault['where'],
): Fault[] {
  const first = new Map<string, Entry>()
  return entries.flatMap((entry) => {
    const value = entry[key]
    if (value === null) return []
    const other = first.get(sameKey(value))
    first.set(sameKey(value), other ?? entry)
    if (!other) return []
    const where = at(entry.where?.line ?? 1)
    return [
      {
        code: 'register-twice',
        title: `${key} ${value} is also in line ${other.where?.line ?? 1}`,
        why: 'two teachers may have written the register at the same time, each from their own roster',
        fix: `keep the line of whoever has the ${key === 'login' ? 'account' : key}, and remove the other`,
        ...(where && { where }),
      },
    ]
  })
}

/** git leaves both sides in the file; neither is right by itself. */
function conflicts(file: string, bytes: Uint8Array): Fault[] {
  const lines = Buffer.from(bytes).toString('latin1').split('\n')
  return lines.flatMap((source, i) =>
    /^(<{7}|={7}|>{7})( |\r?$)/.test(source)
      ? [
          {
            code: 'merge-conflict',
            title: 'git has left a conflict here: two people changed the register',
            why: 'a login may stand on each side for another person',
            fix: 'keep the lines of both sides, remove this mark, and give the later one another login where both are new',
            where: {
              file,
              line: i + 1,
              column: 1,
              length: source.trimEnd().length,
              source: source.trimEnd(),
            },
          },
        ]
      : [],
  )
}

function badHeaders(
  csv: Csv,
  missing: readonly Column[],
  unknown: string | undefined,
  stray: Row | undefined,
): Fault {
  const guess = unknown === undefined ? undefined : nearest(unknown, columns)
  return {
    code: 'register-headers',
    title:
      csv.header === undefined
        ? 'the register is empty'
        : stray
          ? 'a line above the headers of the register'
          : unknown === undefined
            ? `the register has no column ${missing.join(', ')}`
            : `the register has no such column: ${unknown}`,
    why: `its first line is: ${columns.join(',')}`,
    fix:
      guess === undefined
        ? 'take it from a copy; only if there never was a cloud of this course, remove the file'
        : `did you mean \`${guess}\`?`,
    where: csv.at(stray?.line ?? csv.header?.line ?? 1),
  }
}
