// Decides which column of a roster is what: by the course file's own words, else by its header in English or French.
// Leaves the lines below the headers to roster.
import { bad, good, type Fault, type Outcome, type Where } from '../core/fault.ts'
import type { Csv, Row } from './csv.ts'
import { asciiName } from './login.ts'
import { nearest } from './suggest.ts'

export type Column = 'id' | 'name' | 'first' | 'last' | 'email' | 'login' | 'group' | 'team' | 'key'

/** Headers that bateau does not know by themselves: column, then the header as it stands in the file. */
export type Mapping = Partial<Record<Column, string | undefined>>

/** Which field of a line holds a column. */
export type Columns = ReadonlyMap<Column, number>

/** Headers as schools' programs write them (Apogée, Moodle, ADE, Canvas, Excel by hand), accents and punctuation aside. */
const headers: Record<Column, string> = {
  id: 'id|student-id|student-no|student-number|number|numero|no|n|n-etudiant|no-etudiant|numero-etudiant|numero-detudiant|numero-de-letudiant|num-etudiant|num-etu|numetu|num|code-etudiant|code-etu|cod-etu|code-apprenant|code-apogee|numero-apogee|matricule|ine|numero-ine|code-ine|idnumber|id-number|numero-didentification|sis-user-id',
  name: 'name|full-name|fullname|student|student-name|nom-complet|nom-prenom|nom-et-prenom|nom-et-prenoms|prenom-nom|prenom-et-nom|etudiant|etudiante|etudiant-e|eleve|apprenant|display-name|displayname|nom-affiche',
  first:
    'first|first-name|firstname|given-name|givenname|prenom|prenoms|prenom-s|prenom-usuel|premier-prenom',
  last: 'last|last-name|lastname|surname|family-name|familyname|nom|nom-de-famille|nom-usuel|nom-dusage',
  email:
    'email|e-mail|mail|email-address|e-mail-address|mail-address|courriel|adresse-mail|adresse-email|adresse-e-mail|adresse-courriel|adresse-electronique|adresse-de-courriel|adresse-de-messagerie|mel|email-institutionnel|e-mail-institutionnel|mail-institutionnel|adresse-mail-institutionnelle|adresse-e-mail-institutionnelle|courriel-institutionnel|mail-etudiant|email-etudiant|mail-universitaire',
  login:
    'login|username|user-name|user|uid|account|identifiant|nom-dutilisateur|utilisateur|compte|sis-login-id',
  group:
    'group|groups|section|class|groupe|groupes|groupe-td|groupe-tp|groupe-de-td|groupe-de-tp|td|tp|classe|promo',
  team: 'team|teams|equipe|equipes|binome|trinome|projet',
  key: 'key|ssh-key|sshkey|ssh|public-key|ssh-public-key|cle|cle-ssh|cle-publique|cle-ssh-publique|cle-publique-ssh',
}

/** The name at birth is the last name only where no other is given (Apogée gives both). */
const atBirth = 'nom-patronymique|nom-de-naissance'.split('|')

const byHeader = new Map(
  Object.entries(headers).flatMap(([column, names]) =>
    names.split('|').map((name) => [name, column as Column] as const),
  ),
)

const knownHeaders = [...byHeader.keys()]
const identifying: readonly Column[] = ['name', 'last', 'email', 'login']

/** How many columns a row names, when it may be the headers: when one of them says who somebody is. */
export const knownIn = (mapping: Mapping) => (cells: readonly string[]) => {
  const known = new Set(cells.flatMap((_, i) => meaningOf(cells, i, mapping) ?? []))
  const mapped = Object.values(mapping).filter((header) => cells.some((cell) => same(cell, header ?? '')))
  return identifying.some((column) => known.has(column)) ? known.size + mapped.length : 0
}

/** A mapped header wins over known ones. Fault codes: `two-columns`, `no-headers`, `no-such-header`. */
export function columnsOf(
  header: Row,
  csv: Csv,
  mapping: Mapping,
  placeOf: (column: Column) => Where | undefined,
): Outcome<Columns> {
  const { cells, line } = header
  const columns = new Map<Column, number>()
  const faults: Fault[] = unmet(cells, mapping, placeOf)
  cells.forEach((cell, i) => {
    const column = meaningOf(cells, i, mapping)
    if (column === undefined) return
    if (!columns.has(column)) columns.set(column, i)
    else
      faults.push({
        code: 'two-columns',
        title: `two columns for ${column}`,
        why: 'nothing says which of them counts',
        fix: `rename \`${cell}\`, or say which one it is in the course file: students.columns: {${column}: '${cell}'}`,
        where: csv.at(line, i),
      })
  })
  if (faults.length === 0 && !identifying.some((column) => columns.has(column)))
    faults.push(noHeaders(header, csv))
  return faults.length > 0 ? bad(...faults) : good(columns)
}

function meaningOf(cells: readonly string[], i: number, mapping: Mapping): Column | undefined {
  const cell = cells[i] ?? ''
  for (const [column, header] of Object.entries(mapping))
    if (header !== undefined && same(cell, header)) return column as Column
  const known = byHeader.get(asciiName(cell))
  if (known !== undefined) return mapping[known] === undefined ? known : undefined
  const others = cells.some((other) => byHeader.get(asciiName(other)) === 'last')
  if (!others && mapping.last === undefined && atBirth.indexOf(asciiName(cell)) >= 0)
    return cells.findIndex((other) => atBirth.includes(asciiName(other))) === i ? 'last' : undefined
  return undefined
}

/** As it stands there; blanks of any kind and the form of accents aside. */
const written = (header: string) => header.normalize('NFC').replaceAll(/\s+/g, ' ').trim().toLowerCase()
const same = (cell: string, header: string) => written(cell) === written(header)

function unmet(
  cells: readonly string[],
  mapping: Mapping,
  placeOf: (column: Column) => Where | undefined,
): Fault[] {
  return Object.entries(mapping).flatMap(([column, header]) => {
    if (header === undefined || cells.some((cell) => same(cell, header))) return []
    const there = cells.filter((cell) => cell.trim() !== '')
    const guess = nearest(header, there)
    const where = placeOf(column as Column)
    return [
      {
        code: 'no-such-header',
        title: `students.columns.${column}: the roster has no header \`${header}\``,
        why: 'a column that the course file names must be there',
        fix: guess === undefined ? `write one of: ${there.join(', ')}` : `did you mean \`${guess}\`?`,
        ...(where && { where }),
      },
    ]
  })
}

function noHeaders({ cells, line }: Row, csv: Csv): Fault {
  const guess = cells.map((cell) => nearest(asciiName(cell), knownHeaders)).find((name) => name !== undefined)
  const isData = cells.some((cell) => cell.includes('@'))
  return {
    code: 'no-headers',
    title: 'no line names a column that tells who somebody is',
    why: isData
      ? 'it looks like a student already; a line above the students must name the columns'
      : 'one of name, last name, e-mail or login is needed',
    fix:
      guess === undefined
        ? 'begin the file with a line such as: id;name;email;group; or name the headers in students.columns'
        : `did you mean \`${guess}\`?`,
    where: csv.at(line),
  }
}
