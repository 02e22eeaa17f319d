// Decides what one line of a roster says of a student, each fault at its field.
// Leaves what needs two lines to roster, and the login that the student gets to register.
import { bad, good, type Fault, type Outcome, type Where } from '../core/fault.ts'
import type { Csv, Row } from './csv.ts'
import { seenText } from './field.ts'
import { asciiName, makeLogin, type MadeLogin } from './login.ts'
import type { Column, Columns } from './roster-columns.ts'
import { readSshKey } from './ssh-key.ts'

/** A line of the roster. Empty fields are null. */
export type Listed = {
  /** The student's number, as text. */
  id: string | null
  name: string | null
  email: string | null
  sshKey: string | null
  /** Slug. */
  team: string | null
  /** As written. */
  group: string | null
  /** What its own line makes of a login; null where nothing can be made. Who gets it is the register's to say. */
  made: MadeLogin | null
  /** The roster's own `login` column. */
  wish: string | null
  where: Where | null
}

const address = /^[^\s@<>(),;:"[\]\\]+@[^\s@<>(),;:"[\]\\.]+(\.[^\s@<>(),;:"[\]\\.]+)+$/

/**
 * Fault codes: `too-many-fields`, `headers-again`, `not-a-student`, `bad-email`, `bad-ssh-key` and its neighbours,
 * `damaged-number`.
 */
export function readRow(row: Row, header: Row, columns: Columns, csv: Csv): Outcome<Listed> {
  const misplaced = noStudent(row, header, columns, csv)
  if (misplaced) return bad(misplaced)
  const cell = (column: Column) => tidy(row.cells[columns.get(column) ?? -1] ?? '')
  const at = (column: Column) => csv.at(row.line, columns.get(column))
  const [id, email] = [cell('id'), cell('email')]
  const faults: Fault[] = []
  if (email !== '' && !address.test(email))
    faults.push({
      code: 'bad-email',
      title: `not an e-mail address: ${email}`,
      why: 'log-in data are sent there',
      fix: 'correct it or leave the field empty',
      where: at('email'),
    })
  if (/^\d[.,]\d+e\+?\d+$/i.test(id))
    faults.push({
      code: 'damaged-number',
      title: `${id} was a student number before a spreadsheet took it for a quantity`,
      why: 'its last digits are lost',
      fix: 'export it again with the column as text',
      where: at('id'),
    })
  const key = cell('key') === '' ? undefined : readSshKey(cell('key'))
  if (key?.ok === false) faults.push(...key.faults.map((fault) => hideKey({ ...fault, where: at('key') })))
  const name = cell('name') || [cell('first'), cell('last')].filter((part) => part !== '').join(' ')
  const wish = cell('login')
  if (faults.length > 0) return bad(...faults)
  return good({
    id: id || null,
    name: name || null,
    email: email || null,
    sshKey: key?.ok ? key.value : null,
    team: teamOf(cell('team')),
    group: cell('group') || null,
    made: makeLogin({ login: wish, email, name, id }) ?? null,
    wish: wish || null,
    where: csv.at(row.line),
  })
}

/** Letters of one form, blanks of one kind, nothing that cannot be seen. Excel keeps zeros in front as `="0012"`. */
function tidy(cell: string): string {
  return seenText(/^="(.*)"$/s.exec(cell)?.[1] ?? cell)
    .replaceAll(/[\u00ad\u200b-\u200d\u2060\ufeff]/g, '')
    .normalize('NFC')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

/** Names of projects begin with a letter, so a team of the number 3 is `t3`. */
function teamOf(written: string): string | null {
  const slug = asciiName(written)
  if (slug === '') return null
  return (/^[a-z]/.test(slug) ? slug : `t${slug}`).slice(0, 32).replace(/-+$/, '')
}

function noStudent(row: Row, header: Row, columns: Columns, csv: Csv): Fault | undefined {
  const where = csv.at(row.line)
  const width = header.cells.length
  if (row.cells.slice(width).some((cell) => cell.trim() !== ''))
    return {
      code: 'too-many-fields',
      title: `${row.cells.length} fields, but ${width} headers`,
      why: 'a field holds the delimiter, so the rest of the line has slipped',
      fix: 'put that field in quotation marks',
      where,
    }
  if (header.cells.every((cell, i) => cell === (row.cells[i] ?? '')))
    return {
      code: 'headers-again',
      title: `the headers of line ${header.line} once more`,
      why: 'two exports were put one below the other',
      fix: 'remove this line',
      where,
    }
  const first = row.cells.find((cell) => cell.trim() !== '') ?? ''
  const others = [...columns].filter(([, i]) => (row.cells[i] ?? '').trim() !== '').length
  if (
    others <= 2 &&
    /^(total|nombre|effectif|[ée]dit[ée]|imprim[ée]|page|count|printed)\b.*/iu.test(first) &&
    row.cells.some((cell) => /\d/.test(cell)) &&
    !row.cells.some((cell) => cell.includes('@'))
  )
    return {
      code: 'not-a-student',
      title: `this line looks like a sum, not like a student: ${first}`,
      why: 'programs write such lines below their lists',
      fix: 'remove the line',
      where,
    }
  return undefined
}

/** A private key pasted into a roster is not shown once more. */
function hideKey(fault: Fault): Fault {
  if (fault.code !== 'private-key' || !fault.where) return fault
  const { source: _, ...where } = fault.where
  return { ...fault, where }
}
