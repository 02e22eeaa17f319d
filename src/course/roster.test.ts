import iconv from 'iconv-lite'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Mapping } from './roster-columns.ts'
import { readRoster, unnamedStudents } from './roster.ts'

const read = (text: string | Uint8Array, mapping?: Mapping) =>
  readRoster('roster.csv', typeof text === 'string' ? Buffer.from(text) : text, mapping)
const logins = (text: string | Uint8Array) => {
  const outcome = read(text)
  return outcome.ok
    ? outcome.value.listed.map((one) => one.made?.login ?? '')
    : outcome.faults.map((fault) => fault.code)
}
/** The first student, and what was said of reading. */
const first = (text: string | Uint8Array, mapping?: Mapping) => {
  const outcome = read(text, mapping)
  if (!outcome.ok) throw new Error(outcome.faults.map(({ title }) => title).join('; '))
  return { ...outcome.value.listed[0], count: outcome.value.listed.length, notes: outcome.value.notes }
}
const places = (text: string, mapping?: Mapping) => {
  const outcome = read(text, mapping)
  return outcome.ok
    ? []
    : outcome.faults.map((fault) => `${fault.code} ${fault.where?.line}:${fault.where?.column}`)
}

const french = 'Numéro;Nom;Prénom;Courriel;Groupe\n22100417;Lefèvre;Zoé;zoe.lefevre@example.org;TP A\n'

describe('a roster', () => {
  test('gives each column its meaning', () => {
    const { where, notes: _, ...zoe } = first(french)
    expect(zoe).toEqual({
      id: '22100417',
      name: 'Zoé Lefèvre',
      email: 'zoe.lefevre@example.org',
      made: { login: 'zoe-lefevre', from: 'e-mail zoe.lefevre@example.org' },
      wish: null,
      sshKey: null,
      team: null,
      group: 'TP A',
      count: 1,
    })
    expect(where).toMatchObject({ file: 'roster.csv', line: 2 })
  })

  test.each([
    ['UTF-8', Buffer.from(french)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${french}`)],
    ['windows-1252, as Excel saves it', iconv.encode(french, 'windows-1252')],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${french}`, 'utf16le')],
    ['UTF-16 the other way round', iconv.encode(french, 'utf-16be', { addBOM: true })],
    ['line ends of Windows', Buffer.from(french.replaceAll('\n', '\r\n'))],
    ['line ends of old Macintoshes', Buffer.from(french.replaceAll('\n', '\r'))],
    ['commas', Buffer.from(french.replaceAll(';', ','))],
    ['tabs', Buffer.from(french.replaceAll(';', '\t'))],
    ['quotes', Buffer.from(french.replaceAll(/[^;\n]+/g, (cell) => `"${cell}"`))],
    ['blanks around', Buffer.from(french.replaceAll(';', ' ; '))],
    ['empty lines between', Buffer.from(french.replaceAll('\n', '\n\n;;;;\n'))],
  ])('reads the same in %s', (_, bytes) => {
    expect(first(bytes)).toMatchObject({ name: 'Zoé Lefèvre', id: '22100417', count: 1 })
  })

  test('in windows-1252 keeps the characters that Node itself gets wrong', () => {
    const bytes = iconv.encode('name;login\nO’Brien – œuvre;ob\n', 'windows-1252')
    expect(first(bytes).name).toBe('O’Brien – œuvre')
  })

  test('takes English headers, and a name in one column', () => {
    expect(logins('Student name,E-mail address\nAda Lovelace,ada@example.org\n')).toEqual(['ada'])
    expect(logins('First name,Last name\nAda,Lovelace\n')).toEqual(['ada-lovelace'])
    expect(logins('Nom\nAda Lovelace\n')).toEqual(['ada-lovelace'])
  })

  test('gives the login of a student regardless of who stands before or after', () => {
    const rows = ['Ada;ada@x.org', 'Zoé;zoe@x.org', 'Blaise;bp@x.org']
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: 1 }), (some) => {
        const all = logins(`name;email\n${some.join('\n')}\n`)
        some.forEach((row, i) => expect(all[i]).toBe(row.split(';')[1]?.split('@')[0]))
      }),
    )
  })

  test('tells all faults of all lines, each at its field', () => {
    expect(
      places(
        [
          'name;email;key',
          'Ada;ada.example.org;',
          'Zoé;zoe@example.org;ssh-rsa AAAA',
          'Blaise;blaise@example.org;;and more',
          '王;;',
          'Zoé bis;zoe@example.net;',
          'Zoé ter;ZOE@example.net;',
        ].join('\n'),
      ),
    ).toEqual(['bad-email 2:5', 'bad-ssh-key 3:21', 'too-many-fields 4:1', 'same-email 7:9'])
  })

  test('does not show a private key once more', () => {
    const outcome = read('name;key\nAda;-----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNzaC1rZXk\n')
    expect(!outcome.ok && outcome.faults[0]?.code).toBe('private-key')
    expect(JSON.stringify(outcome)).not.toContain('b3BlbnNz')
  })

  test.each([
    ['', 'empty-roster'],
    ['\n\n', 'empty-roster'],
    ['name;email\n', 'empty-roster'],
    ['zoe@example.org;Zoé\n', 'no-headers'],
    ['nmae;group\nZoé;A\n', 'no-headers'],
    ['name;nom complet\nZoé;Zoé\n', 'two-columns'],
    ['name;email\n"Zoé;zoe@example.org\n', 'bad-csv'],
    ['PK\u0003\u0004', 'workbook'],
  ])('%j is refused as %s', (text, code) => expect(logins(text)[0]).toBe(code))

  test('names a mistyped header', () => {
    const outcome = read('nmae;group\nZoé;A\n')
    expect(!outcome.ok && outcome.faults[0]?.fix).toBe('did you mean `name`?')
  })

  test('of any bytes gives an answer, and logins that are some', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.string().map((text) => Buffer.from(`name;login\n${text}`)),
        ),
        (bytes) => {
          const outcome = read(bytes)
          if (!outcome.ok) expect(outcome.faults.length).toBeGreaterThan(0)
          else expect(logins(bytes).every((login) => /^([a-z][a-z0-9-]{0,31})?$/.test(login))).toBe(true)
        },
      ),
    )
  })
})

test('students without a roster have logins of one length', () => {
  const made = (count: number) => unnamedStudents(count).map((one) => one.made?.login)
  expect(made(3)).toEqual(['student-01', 'student-02', 'student-03'])
  expect(made(120).at(-1)).toBe('student-120')
  expect(made(120)[0]).toBe('student-001')
})

const latin = (text: string) => iconv.encode(text, 'windows-1252')

describe('a roster as it is exported', () => {
  test('by Moodle in French: commas, a mark of UTF-8, several groups of no use', () => {
    const text =
      '\ufeffPrénom,"Nom de famille","Numéro d’identification","Adresse de courriel",Groupes\r\n"Anne-Sophie",D’Hérouville,00417,Anne-Sophie.DHEROUVILLE@etu.example.org,"TP A"\r\n'
    expect(first(text)).toMatchObject({
      name: 'Anne-Sophie D’Hérouville',
      id: '00417',
      email: 'Anne-Sophie.DHEROUVILLE@etu.example.org',
      group: 'TP A',
      made: { login: 'anne-sophie-dherouville' },
    })
  })

  test('by Moodle in English', () => {
    const text =
      '"First name","Last name","ID number","Email address","Last downloaded from this course"\n"Zoé","Lefèvre","007","z@x.org","Monday, 8 February 2027, 9:12 AM"\n'
    expect(first(text)).toMatchObject({ id: '007', name: 'Zoé Lefèvre' })
    expect(first(text).notes[1]).toContain('not used: `Last downloaded from this course`')
  })

  test('by Apogée: titles above the headers, both last names, sums below', () => {
    const text = [
      'Liste des étudiants "inscrits";;;;;',
      'Année universitaire;2026/2027;;;;',
      'Code étape;L3INFO;;;;',
      ';;;;;',
      'N° étudiant;Nom patronymique;Nom usuel;Prénom;Né(e) le;Lib. étape',
      '22100417;LEFÈVRE;LEFÈVRE-NGUYEN;ZOÉ;01/02/2006;L3 Informatique',
      '02100932;MÜLLER;MÜLLER;JÉRÔME;03/04/2006;L3 Informatique',
      ';;;;;',
    ].join('\r\n')
    const { name, id, count, notes } = first(latin(text))
    expect({ name, id, count }).toEqual({ name: 'ZOÉ LEFÈVRE-NGUYEN', id: '22100417', count: 2 })
    expect(notes[0]).toBe(
      'roster.csv: read as Windows-1252, separated by ;, headers in line 5, 3 lines above them skipped',
    )
    expect(places(`${text}\r\nNombre d'étudiants : 2;;;;;`)).toEqual(['not-a-student 9:1'])
  })

  test('by Excel in French: sep=, windows-1252, zeros kept by a formula, empty columns and rows', () => {
    const text = 'sep=;\r\nNuméro;Nom;Prénom;Mél;;\r\n"=""00417""";N’Diaye;Amélie;;;\r\n;;;;;\r\n;;;;;\r\n'
    expect(first(latin(text))).toMatchObject({ id: '00417', name: 'Amélie N’Diaye', email: null, count: 1 })
    expect(first(latin(text)).notes[0]).toBe(
      'roster.csv: read as Windows-1252, separated by ;, headers in line 2',
    )
  })

  test('by Excel as Unicode text: UTF-16 and tabs, also without its mark', () => {
    const text = 'Nom\tPrénom\r\nŁukasz\tZoë\r\n'
    expect(first(Buffer.from(`\ufeff${text}`, 'utf16le')).name).toBe('Zoë Łukasz')
    expect(first(Buffer.from(text, 'utf16le')).name).toBe('Zoë Łukasz')
    expect(first(iconv.encode(text, 'utf-16be')).notes[0]).toContain('UTF-16, separated by tab')
  })

  test('by Excel of old Macintoshes, which is said', () => {
    const bytes = iconv.encode('Nom;Prénom\rLefèvre;Jérôme\r', 'macintosh')
    expect(first(bytes).name).toBe('Jérôme Lefèvre')
    expect(first(bytes).notes[0]).toContain('Mac Roman')
  })

  test('with line ends in quotes, and faults at the line where the student begins', () => {
    const text =
      'Nom;Prénom;Adresse;Courriel\nLefèvre;Zoé;"3, rue\ndu Port";zoe@x.org\nPascal;"Blaise\nJean";;b\n'
    expect(places(text)).toEqual(['bad-email 4:1'])
    expect(first(text.replace(';b\n', ';\n'))).toMatchObject({ name: 'Zoé Lefèvre', count: 2 })
  })

  test('with blanks that cannot be seen in headers and names', () => {
    const text = 'N°\u00a0étudiant;Nom\u00a0;Prénom\n12;Le\u00a0Goff\u200b;Zoé\u202f\n'
    expect(first(text)).toMatchObject({ id: '12', name: 'Zoé Le Goff', made: { login: 'zoe-le-goff' } })
  })

  test('with a running number, which tells nobody who is who', () => {
    const text = 'N°;Nom\n1;Zoé\n2;Ada\n'
    expect(first(text)).toMatchObject({ id: null })
    expect(first(text).notes[2]).toContain('the numbers 1 to 2 count lines')
  })

  test('with teams', () => {
    expect(first('Nom;Équipe\nZoé;Les Étoiles\n').team).toBe('les-etoiles')
    expect(first('Nom;Binôme\nZoé;3\n').team).toBe('t3')
  })
})

describe('what is wrong in an export is said at its line', () => {
  test.each([
    ['one address twice, whatever its case', 'name;email\nZoé;z@x.org\nAda;Z@X.org\n', ['same-email 3:5']],
    ['one number twice', 'id;name\n012;Zoé\n12;Ada\n', ['same-number 3:1']],
    ['two addresses in a field', 'name;email\nZoé;z@x.org, zz@x.org\n', ['bad-email 2:5']],
    ['a number that became a quantity', 'id;name\n"2,21E+07";Zoé\n', ['damaged-number 2:2']],
    ['the headers once more', 'nom;prénom\nA;B\nnom;prénom\n', ['headers-again 3:1']],
    ['a student above the headers', 'Zoé;z@x.org;A\nnom;mail;groupe\nAda;;A\n', ['student-above 1:1']],
    ['UTF-8 that was opened as something else', 'nom;mail\nZoÃ©;z@x.org\n', ['double-encoded 2:3']],
    ['a letter that was lost', 'nom;mail\nZo\ufffd;z@x.org\n', ['lost-characters 2:3']],
    ['a total', 'nom;mail\nZoé;z@x.org\nTotal : 1;\n', ['not-a-student 3:1']],
    ['two columns of one meaning', 'nom;mail;courriel\nZoé;a@x.org;b@x.org\n', ['two-columns 1:10']],
  ])('%s', (_, text, expected) => expect(places(text)).toEqual(expected))

  test.each([
    ['a workbook of old', new Uint8Array([0xd0, 0xcf, 0x11, 0xe0]), 'workbook'],
    ['a web page under another name', Buffer.from('<html><table>'), 'web-page'],
  ])('%s', (_, bytes, code) => expect(logins(bytes)).toEqual([code]))
})

describe('a header that the course file names', () => {
  const text = 'Étudiant·e;Mél. étudiant;Mél\nZoé Lefèvre;zoe@etu.example.org;zoe@home.example\n'

  test('is taken, and wins over one that is known', () => {
    const mapping = { name: 'étudiant·e', email: 'Mél. étudiant' }
    expect(first(text, mapping)).toMatchObject({ name: 'Zoé Lefèvre', email: 'zoe@etu.example.org' })
  })

  test('finds the headers below titles', () => {
    expect(first(`Liste\n\n${text}`, { name: 'Étudiant·e' }).notes[0]).toContain('headers in line 3')
  })

  test('is missed when it is not there, with the nearest one', () => {
    const outcome = read(text, { email: 'Mel etudiant' })
    expect(!outcome.ok && outcome.faults[0]).toMatchObject({
      code: 'no-such-header',
      fix: 'did you mean `Mél. étudiant`?',
    })
  })
})
