import iconv from 'iconv-lite'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readRoster, unnamedStudents } from './roster.ts'

const read = (text: string | Uint8Array) =>
  readRoster('roster.csv', typeof text === 'string' ? Buffer.from(text) : text)
const logins = (text: string | Uint8Array) => {
  const outcome = read(text)
  return outcome.ok
    ? outcome.value.map((one) => one.student.login)
    : outcome.faults.map((fault) => fault.code)
}
const places = (text: string) => {
  const outcome = read(text)
  return outcome.ok
    ? []
    : outcome.faults.map((fault) => `${fault.code} ${fault.where?.line}:${fault.where?.column}`)
}

const french = 'Numéro;Nom;Prénom;Courriel;Groupe\n22100417;Lefèvre;Zoé;zoe.lefevre@example.org;TP A\n'

describe('a roster', () => {
  test('gives each column its meaning', () => {
    const outcome = read(french)
    expect(outcome.ok && outcome.value).toEqual([
      {
        student: {
          id: '22100417',
          name: 'Zoé Lefèvre',
          email: 'zoe.lefevre@example.org',
          login: 'zoe-lefevre',
          sshKey: null,
          team: null,
        },
        group: 'TP A',
      },
    ])
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
    const outcome = read(bytes)
    expect(outcome.ok && outcome.value[0]?.student.name).toBe('Zoé Lefèvre')
  })

  test('in windows-1252 keeps the characters that Node itself gets wrong', () => {
    const outcome = read(iconv.encode('name;login\nO’Brien – œuvre;ob\n', 'windows-1252'))
    expect(outcome.ok && outcome.value[0]?.student.name).toBe('O’Brien – œuvre')
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
          'Zoé ter;zoe@example.com;',
        ].join('\n'),
      ),
    ).toEqual(['bad-email 2:5', 'bad-ssh-key 3:21', 'too-many-fields 4:1', 'no-login 5:1', 'same-login 7:9'])
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

  test('of any bytes gives an answer, and logins that differ', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 200 }),
          fc.string().map((text) => Buffer.from(`name;login\n${text}`)),
        ),
        (bytes) => {
          const outcome = read(bytes)
          if (!outcome.ok) expect(outcome.faults.length).toBeGreaterThan(0)
          else expect(new Set(logins(bytes)).size).toBe(outcome.value.length)
        },
      ),
    )
  })
})

test('students without a roster have logins of one length', () => {
  expect(unnamedStudents(3).map((student) => student.login)).toEqual([
    'student-01',
    'student-02',
    'student-03',
  ])
  expect(unnamedStudents(120).at(-1)?.login).toBe('student-120')
  expect(unnamedStudents(120)[0]?.login).toBe('student-001')
})
