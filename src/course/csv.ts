// Decides which lines and fields a CSV file has: encoding, delimiter, the line of headers and what stands above it.
// Leaves what a field means to roster and register.
import { parse } from 'csv-parse/sync'
import { bad, good, type Fault, type Outcome, type Where } from '../core/fault.ts'
import { anyText } from './bytes.ts'
import { spanOf } from './csv-span.ts'

export type Row = { cells: readonly string[]; line: number }

export type Csv = {
  encoding: string
  delimiter: string
  /** The line of headers; undefined for a file without any line. */
  header: Row | undefined
  /** Lines above it that hold something. */
  above: readonly Row[]
  body: readonly Row[]
  /** The place of a line, or of one of its fields. */
  at: (line: number, field?: number) => Where
}

const delimiters = [',', ';', '\t', '|']
/** Lines among which the headers are looked for: titles above them are a handful. */
const furthest = 40

/**
 * `score` says how many columns it knows in a row; the headers are the row with most. Fault codes: `workbook`, `web-page`,
 * `double-encoded`, `lost-characters`, `bad-csv`.
 */
export function readCsv(
  file: string,
  bytes: Uint8Array,
  score: (cells: readonly string[]) => number,
): Outcome<Csv> {
  const zip = bytes[0] === 0x50 && bytes[1] === 0x4b
  const ole = bytes[0] === 0xd0 && bytes[1] === 0xcf && bytes[2] === 0x11
  if (zip || ole) return bad(workbook(file))
  const { text, encoding } = anyText(bytes)
  if (/^\s*<(!doctype|html|table|\?xml)/i.test(text)) return bad(webPage(file))
  const lines = text.split('\n')
  const said = /^"?sep=([,;\t|])"?[,;\t]*$/i.exec(lines[0] ?? '')?.[1]
  const content = said === undefined ? text : text.replace(/^[^\n]*/, '')
  const found = headersOf(content, said === undefined ? delimiters : [said], score)
  const delimiter = found?.delimiter ?? said ?? mostIn(lines)
  const first = found?.line ?? 1
  const at = place(file, lines, delimiter)
  const spoiled = spoiledText(lines, file)
  if (spoiled.length > 0) return bad(...spoiled)
  const read = rows(
    '\n'.repeat(first - 1) +
      content
        .split('\n')
        .slice(first - 1)
        .join('\n'),
    delimiter,
    at,
  )
  if (!read.ok) return read
  const [header, ...body] = read.value
  return good({ encoding, delimiter, header, above: found?.above ?? [], body, at })
}

/** What a person calls it. */
export const delimiterName = (delimiter: string) => (delimiter === '\t' ? 'tab' : delimiter)

function headersOf(text: string, candidates: readonly string[], score: (cells: readonly string[]) => number) {
  let best: { delimiter: string; line: number; above: readonly Row[]; score: number } | undefined
  for (const delimiter of candidates) {
    const head = firstRows(text, delimiter)
    head.forEach((row, i) => {
      const known = score(row.cells)
      if (known > (best?.score ?? 0))
        best = { delimiter, line: row.line, above: head.slice(0, i), score: known }
    })
  }
  return best
}

/** Quotation marks are taken as they come: titles above the headers may hold any. */
function firstRows(text: string, delimiter: string): Row[] {
  try {
    return parsed(text, { delimiter, relax_quotes: true, to: furthest })
  } catch {
    return []
  }
}

function rows(text: string, delimiter: string, at: Csv['at']): Outcome<Row[]> {
  try {
    return good(parsed(text, { delimiter }))
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

function parsed(text: string, options: { delimiter: string; relax_quotes?: boolean; to?: number }): Row[] {
  const records = parse(text, {
    ...options,
    bom: true,
    info: true,
    raw: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  }) as unknown as { record: string[]; info: { lines: number }; raw: string }[]
  return records
    .map(({ record, info, raw }) => ({
      cells: record,
      // A field in quotes may hold line ends; what is shown is where the student begins.
      line: info.lines - (raw.trim().split('\n').length - 1),
    }))
    .filter((row) => row.cells.some((cell) => cell.trim() !== ''))
}

function place(file: string, lines: readonly string[], delimiter: string): Csv['at'] {
  return (line, field) => {
    const number = Math.min(Math.max(1, line), lines.length)
    const source = lines[number - 1] ?? ''
    const span = field === undefined ? undefined : spanOf(source, delimiter, field)
    const { column, length } = span ?? { column: 1, length: source.length }
    return { file, line: number, column, length: Math.max(1, length), source }
  }
}

/** Nothing is a header: the delimiter that the first line has most of. */
function mostIn(lines: readonly string[]): string {
  const bare = (lines.find((line) => line.trim() !== '') ?? '').replaceAll(/"[^"]*"/g, '')
  const count = (delimiter: string) => bare.split(delimiter).length - 1
  return delimiters.reduce((best, next) => (count(next) > count(best) ? next : best))
}

/** Text that went through a wrong encoding before it came here; each line once. */
function spoiledText(lines: readonly string[], file: string): Fault[] {
  return lines.flatMap((source, i) => {
    const twice = source.search(/Ã[\u00a0-\u00bf©‰‡ª«®´]|Ã[\u0080-\u009f]/)
    const lost = source.indexOf('\ufffd')
    const start = twice >= 0 ? twice : lost
    if (start < 0) return []
    const where: Where = { file, line: i + 1, column: start + 1, length: twice >= 0 ? 2 : 1, source }
    return [
      twice >= 0
        ? {
            code: 'double-encoded',
            title: `accents came out wrong before this file was saved: ${source.slice(start, start + 2)}`,
            why: 'UTF-8 was opened as Windows-1252 and saved again; names and logins would be wrong',
            fix: 'export it again; in the spreadsheet import it with UTF-8 chosen, instead of opening it',
            where,
          }
        : {
            code: 'lost-characters',
            title: 'a character is lost here',
            why: 'whoever saved this file could not read one of its letters',
            fix: 'export it again, or type the letter',
            where,
          },
    ]
  })
}

function workbook(file: string): Fault {
  return {
    code: 'workbook',
    title: `${file} is a workbook (or another zip), not CSV`,
    why: 'bateau reads text with one student a line',
    fix: 'in the spreadsheet: Save as, CSV UTF-8',
  }
}

function webPage(file: string): Fault {
  return {
    code: 'web-page',
    title: `${file} is a web page, not CSV`,
    why: 'some programs export a table of HTML under the name of a spreadsheet',
    fix: 'open it in the spreadsheet, then: Save as, CSV UTF-8',
  }
}
