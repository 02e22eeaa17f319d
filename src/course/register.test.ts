import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readRegister, registerText } from './register-file.ts'
import { assignLogins, registerAfter, type Entry, type Place } from './register.ts'
import { readRoster } from './roster.ts'

const day = '2027-02-01'
const nowhere = new Map<string, Place>()

const rosterOf = (text: string) => {
  const roster = readRoster('roster.csv', Buffer.from(text))
  if (!roster.ok) throw new Error(roster.faults.map(({ title }) => title).join('; '))
  return roster.value.listed
}
/** Reads a roster after others; as `up` would, through the register's file each time. */
const after = (...rosters: readonly string[]) => {
  let before: readonly Entry[] = []
  let last: ReturnType<typeof assignLogins> | undefined
  for (const [i, text] of rosters.entries()) {
    last = assignLogins(before, rosterOf(text))
    if (!last.ok)
      return { codes: last.faults.map(({ code, where }) => `${code} ${where?.line}`), faults: last.faults }
    const now = registerAfter(before, last.value.enrolled, nowhere, `2027-02-0${i + 1}`)
    const read = readRegister('register.csv', Buffer.from(registerText(now, 'net')), 'net')
    if (!read.ok) throw new Error(read.faults.map(({ title }) => title).join('; '))
    before = read.value
  }
  return {
    logins: last?.ok ? last.value.enrolled.map(({ login }) => login).join(' ') : '',
    changes: last?.ok ? last.value.changes.map(({ login, what }) => `${login} ${what}`) : [],
    entries: before,
  }
}

describe('a login', () => {
  test('of a first run is what its line gives', () => {
    expect(after('id;name;email\n12;Zoé;z.l@x.org\n13;Ada Lovelace;\n').logins).toBe('z-l ada-lovelace')
  })

  test.each([
    [
      'when others come before and after',
      ['name\nZoé\nAda\n', 'name\nBlaise\nAda\nZoé\nGrace\n'],
      'blaise ada zoe grace',
    ],
    [
      'when e-mail addresses appear',
      ['name\nZoé\nAda\n', 'name;email\nAda;a.l@x.org\nZoé;z@x.org\n'],
      'ada zoe',
    ],
    [
      'when numbers appear, and then names change',
      ['name\nZoé L\n', 'id;name\n9;Zoé L\n', 'id;name\n9;Zoé Martin\n'],
      'zoe-l',
    ],
    [
      'when the columns of the name change',
      ['name\nZoé Lefèvre\n', 'nom;prénom\nLEFÈVRE;ZOE\n'],
      'zoe-lefevre',
    ],
    [
      'when a spreadsheet drops zeros in front',
      ['id;name\n007;Zoé\n008;Ada\n', 'id;name\n8;Ada\n7;Zoé\n'],
      'ada zoe',
    ],
    [
      'when the roster writes another',
      ['name;email\nZoé;z@x.org\n', 'name;email;login\nZoé;z@x.org;zozo\n'],
      'z',
    ],
    ['when somebody was away', ['name\nZoé\nAda\n', 'name\nAda\n', 'name\nZoé\nAda\n'], 'zoe ada'],
  ])('stays %s', (_, rosters, logins) => expect(after(...rosters).logins).toBe(logins))

  test('goes to the first of two people of one name; the other has the next, for good', () => {
    const two = 'id;name\n1001;Zoé L\n2002;Zoé L\n'
    expect(after(two).logins).toBe('zoe-l zoe-l-2')
    expect(after(two, 'id;name\n2002;Zoé L\n1001;Zoé L\n').logins).toBe('zoe-l-2 zoe-l')
    expect(after(two, 'id;name\n2002;Zoé L\n').logins).toBe('zoe-l-2')
    const [, second] = after(two).entries ?? []
    expect(second?.from).toBe("name Zoé L (é -> e); zoe-l is Zoé L's")
  })

  test('of somebody who left goes to nobody else', () => {
    expect(after('id;name\n1001;Zoé\n', 'id;name\n2002;Zoé\n').logins).toBe('zoe-2')
    expect(
      after('id;name\n1001;Zoé\n2002;Ada\n', 'id;name\n2002;Ada\n', 'id;name;login\n3003;Z;zoe\n').codes,
    ).toEqual(['login-taken 2'])
  })

  test('that the roster gives comes before those that are made', () => {
    expect(after('name;email;login\nZoé;z1@x.org;\nAda;a@x.org;z1\n').logins).toBe('z1-2 z1')
    expect(after('name;login\nZoé;z\nAda;z\n').codes).toEqual(['same-login 3'])
  })

  test('is no more cut when it is the second of 32 characters', () => {
    const name = 'a'.repeat(40)
    expect(after(`id;name\n1001;${name}\n2002;${name}\n`).logins).toBe(
      `${'a'.repeat(32)} ${'a'.repeat(30)}-2`,
    )
  })
})

describe('who it is', () => {
  test('is asked where nothing tells two people apart', () => {
    expect(after('name\nZoé\nZoé\n').codes).toEqual(['same-login 3'])
  })

  test('is known without anything that makes a login, once there is one', () => {
    expect(after('name\n王小明\n').codes).toEqual(['no-login 2'])
    expect(after('name;login\n王小明;wang\n', 'name\n王小明\n').logins).toBe('wang')
  })

  test('is asked where a number goes to another name and address', () => {
    const { codes, faults } = after(
      'id;name;email\n1001;Zoé L;z@x.org\n',
      'id;name;email\n1001;Ada B;a@x.org\n',
    )
    expect(codes).toEqual(['not-the-same-person 2'])
    expect(faults?.[0]?.fix).toContain('register.csv:2')
  })

  test('is asked where an address goes to another person', () => {
    expect(after('id;name;email\n1001;Zoé L;z@x.org\n', 'id;name;email\n2002;Ada B;z@x.org\n').codes).toEqual(
      ['not-the-same-person 2'],
    )
  })

  test('is asked where only the address is another one', () => {
    expect(after('name;email\nZoé;z@x.org\n', 'name;email\nZoé;zoe@y.org\n').codes).toEqual(['same-person 2'])
  })

  test('is asked where two of one name come and the register knows one', () => {
    expect(after('name\nZoé\n', 'id;name\n1001;Zoé\n2002;Zoé\n').codes).toEqual([
      'same-person 2',
      'same-person 3',
    ])
  })

  test('is not asked where the name has a word in common', () => {
    expect(after('id;name\n1001;Zoé Lefèvre\n', 'id;name\n1001;Zoé Martin\n').logins).toBe('zoe-lefevre')
  })

  test('is not asked where the first roster had no names', () => {
    expect(after('email\nzl17@x.org\n', 'name;email\nZoé;zl17@x.org\n').logins).toBe('zl17')
  })
})

describe('the register', () => {
  test('says who comes, goes and is back', () => {
    expect(after('name\nZoé\nAda\n', 'name\nAda\nGrace\n').changes).toEqual(['grace joins', 'zoe leaves'])
    expect(after('name\nZoé\nAda\n', 'name\nAda\n', 'name\nZoé\nAda\n').changes).toEqual(['zoe returns'])
  })

  test('keeps the day on which somebody left, and forgets it when they are back', () => {
    const gone = ['name\nZoé\nAda\n', 'name\nAda\n', 'name\nAda\n']
    expect(after(...gone).entries?.[0]).toMatchObject({ login: 'zoe', since: day, left: '2027-02-02' })
    expect(after(...gone, 'name\nZoé\n').entries?.[0]).toMatchObject({ left: null, since: day })
  })

  test('forgets an address that somebody else has by now', () => {
    const swapped = after(
      'id;name;email\n1001;Zoé;z@x.org\n2002;Ada;a@x.org\n',
      'id;name;email\n1001;Zoé;a@x.org\n',
    )
    expect(swapped.entries?.map(({ email }) => email)).toEqual(['a@x.org', null])
  })

  test('remembers group and cloud of those who are away', () => {
    const [zoe] = rosterOf('name\nZoé\n')
    if (!zoe) throw new Error('no student')
    const first = assignLogins([], [zoe])
    if (!first.ok) throw new Error('refused')
    const places = new Map([['zoe', { group: 'tp-a', cloud: 'os1', network: 0 }]])
    const entries = registerAfter([], first.value.enrolled, places, day)
    expect(registerAfter(entries, [], nowhere, '2027-03-01')).toMatchObject([
      { login: 'zoe', group: 'tp-a', cloud: 'os1', network: 0, left: '2027-03-01' },
    ])
  })
})

/** People whom any roster with their numbers or addresses tells apart; four share two names. */
const people = [
  'Zoé Lefèvre',
  'Zoé Lefèvre',
  'Ada',
  'Blaise Pascal',
  '王小明',
  'ADA',
  "N'Diaye Amélie",
  'Max',
].map((name, i) => ({ id: `22${i}00`, name, email: `${'abcdefgh'[i]}.x@example.org` }))
type Shown = { who: readonly number[]; id: boolean; email: boolean }
const shown = (
  columns: fc.Arbitrary<{ id: boolean; email: boolean }>,
  some: readonly number[] = [...people.keys()],
) =>
  fc
    .tuple(fc.shuffledSubarray([...some], { minLength: 1 }), columns)
    .map(([who, which]): Shown => ({ who, ...which }))
const textOf = ({ who, id, email }: Shown) =>
  [
    ['name', ...(id ? ['id'] : []), ...(email ? ['email'] : [])].join(';'),
    ...who.map((i) => {
      const one = people[i]
      return [one?.name, ...(id ? [one?.id] : []), ...(email ? [one?.email] : [])].join(';')
    }),
    '',
  ].join('\n')

/** Carries each roster out that is not refused, and gives whose each login ever was. */
function lived(rosters: readonly Shown[]) {
  let before: readonly Entry[] = []
  const ownerOf = new Map<string, Set<number>>()
  const loginsOf = new Map<number, Set<string>>()
  let refused = 0
  for (const roster of rosters) {
    const listed = readRoster('roster.csv', Buffer.from(textOf(roster)))
    const outcome = listed.ok ? assignLogins(before, listed.value.listed) : listed
    if (!outcome.ok) {
      refused++
      continue
    }
    outcome.value.enrolled.forEach(({ login }, line) => {
      const who = roster.who[line] ?? -1
      ownerOf.set(login, (ownerOf.get(login) ?? new Set()).add(who))
      loginsOf.set(who, (loginsOf.get(who) ?? new Set()).add(login))
    })
    const now = registerAfter(before, outcome.value.enrolled, nowhere, day)
    const read = readRegister('register.csv', Buffer.from(registerText(now, 'net')), 'net')
    if (!read.ok) throw new Error(read.faults.map(({ title }) => title).join('; '))
    before = read.value
  }
  return { ownerOf, loginsOf, refused }
}
const ones = (sets: Iterable<ReadonlySet<unknown>>) => [...sets].every((set) => set.size === 1)

describe('whatever rosters follow one another', () => {
  test('with numbers: every login is one person’s, every person has one login, nothing is refused', () => {
    const columns = fc.record({ id: fc.constant(true), email: fc.boolean() })
    fc.assert(
      fc.property(fc.array(shown(columns), { maxLength: 8 }), (rosters) => {
        const { ownerOf, loginsOf, refused } = lived(rosters)
        expect(ones(ownerOf.values())).toBe(true)
        expect(ones(loginsOf.values())).toBe(true)
        expect(refused).toBe(0)
      }),
    )
  })

  test('with addresses only: no login is two people’s', () => {
    const columns = fc.constant({ id: false, email: true })
    fc.assert(
      fc.property(fc.array(shown(columns), { maxLength: 8 }), (rosters) => {
        expect(ones(lived(rosters).ownerOf.values())).toBe(true)
        expect(ones(lived(rosters).loginsOf.values())).toBe(true)
      }),
    )
  })

  test('with any columns, of people whose names differ: every login is one person’s, and stays', () => {
    const columns = fc.record({ id: fc.boolean(), email: fc.boolean() })
    const distinct = shown(columns, [0, 2, 3, 6, 7])
    fc.assert(
      fc.property(fc.array(distinct, { maxLength: 8 }), (rosters) => {
        const { ownerOf, loginsOf, refused } = lived(rosters)
        expect(refused).toBe(0)
        expect(ones(ownerOf.values())).toBe(true)
        expect(ones(loginsOf.values())).toBe(true)
      }),
    )
  })
})
