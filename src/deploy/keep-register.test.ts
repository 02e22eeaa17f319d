import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { broken } from '../../test/story/sound-course.ts'
import { makePlan } from '../plan/plan.ts'
import { keepRegister } from './keep-register.ts'
import { openCourse } from './open-course.ts'
import { worldAt, type Home } from './world.ts'

let place = ''
let home: Home
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'bateau-register-'))
  home = { state: join(place, 'state'), cache: place, config: place, runtime: place }
})
afterEach(() => rmSync(place, { recursive: true }))

const course = (more = '', servers = '') => {
  const text = broken(
    ['count: 24', `roster: r.csv${more}`],
    ['size: 12', 'size: 2'],
    ['budget: 200', `${servers}budget: 200`],
  )
  writeFileSync(join(place, 'course.yaml'), text)
}
const roster = (...names: string[]) => writeFileSync(join(place, 'r.csv'), `name\n${names.join('\n')}\n`)

/** What every command sees that opens the course on that day. */
function planned(day = '2027-02-01') {
  const opened = openCourse(home, join(place, 'course.yaml'))
  if (!opened.ok) throw new Error(opened.faults.map(({ title }) => title).join('; '))
  return makePlan(opened.value.course, { hosts: {}, offers: [] }, { today: day, rehearsal: false })
}
const whoIsWhere = (plan: ReturnType<typeof planned>) =>
  plan.course.groups.map(({ name, students }) => `${name}: ${students.map(({ login }) => login).join(' ')}`)
/** Another one after each writing. */
const version = () => [statSync(path()).ino, statSync(path()).mtimeMs]
const path = () => worldAt(home, 'sound').register

describe('the register', () => {
  test('is written in the directory of the world, for its owner alone, and read by all who open the course', () => {
    course()
    roster('Zoé', 'Ada', 'Blaise', 'Grace')
    keepRegister(planned())
    expect(readFileSync(path(), 'utf8').split('\n')[1]).toBe(
      'zoe,,Zoé,,g1,os1,0,2027-02-01,,name Zoé (é -> e),sound',
    )
    expect(statSync(path()).mode & 0o777).toBe(0o600)
    roster('Grace', 'Blaise', 'Zoé', 'Max')
    expect(whoIsWhere(planned())).toEqual(['g1: zoe max', 'g2: grace blaise'])
  })

  test('keeps the ranges of own networks where they are as a group grows, and says when it has no room', () => {
    const text = broken(
      ['count: 24', 'roster: r.csv'],
      ['size: 12', 'size: 100'],
      ['budget: 200', 'class: {own_network: true}\nbudget: 200'],
    )
    writeFileSync(join(place, 'course.yaml'), text)
    const people = (count: number) =>
      Array.from({ length: count }, (_, i) => `Zoé ${String.fromCharCode(97 + i)}ric`)
    const lengthWith = (count: number) => {
      roster(...people(count))
      const plan = planned()
      const range = plan.servers[0]?.addressing?.own?.[0]?.prefix.length
      const faults = plan.findings.filter(({ severity }) => severity === 'error').map(({ code }) => code)
      if (faults.length === 0) keepRegister(plan)
      return [range, ...faults.filter((code) => code.startsWith('own'))]
    }
    expect([12, 13, 16, 9, 17].map(lengthWith)).toEqual([
      [60],
      [60],
      [60],
      [60],
      [59, 'own-networks-would-move'],
    ])
  })

  test('is beside the course file where that names it', () => {
    course('\n  register: register.csv')
    roster('Zoé')
    keepRegister(planned())
    expect(readdirSync(place).toSorted()).toEqual(['course.yaml', 'r.csv', 'register.csv'])
  })

  test('is written once for the same roster, and planning writes nothing', () => {
    course()
    roster('Zoé', 'Ada')
    keepRegister(planned())
    const before = version()
    roster('Ada', 'Zoé')
    keepRegister(planned('2027-03-01'))
    expect(version()).toEqual(before)
    roster('Ada')
    planned()
    expect(version()).toEqual(before)
  })

  test('keeps who left, with the day, and their login for them', () => {
    course()
    roster('Zoé', 'Ada')
    keepRegister(planned())
    roster('Ada')
    keepRegister(planned('2027-03-01'))
    expect(readFileSync(path(), 'utf8')).toContain('2027-02-01,2027-03-01,')
    roster('Ada', 'Zoe')
    expect(planned().course.enrolment.changes).toMatchObject([{ login: 'zoe', what: 'returns' }])
  })

  test('is not written over what somebody else wrote in between', () => {
    course()
    roster('Zoé')
    keepRegister(planned())
    roster('Zoé', 'Ada')
    const plan = planned()
    const theirs = `${readFileSync(path(), 'utf8')}blaise,,Blaise,,g1,os1,0,2027-02-01,,name Blaise,sound\n`
    writeFileSync(path(), theirs)
    expect(() => keepRegister(plan)).toThrow('was changed while this command read the course')
    expect(readFileSync(path(), 'utf8')).toBe(theirs)
  })

  test('that cannot be read is a fault, never a first run', () => {
    course()
    roster('Zoé')
    keepRegister(planned())
    writeFileSync(path(), readFileSync(path(), 'utf8').slice(0, -20))
    expect(openCourse(home, join(place, 'course.yaml'))).toMatchObject({
      ok: false,
      faults: [{ code: 'register-line', where: { file: path(), line: 2 } }],
    })
  })

  test('keeps groups on their servers and their networks on their prefixes', () => {
    const os2 =
      '  - name: os2\n    provider: adopted\n    cores: 16\n    ram: 32 GiB\n    disks: [{kind: ssd, size: 500 GB}]\n    price: {total: 10}\n    ipv6: {delivery: routed, block: 2a01:e0a:18::/56}\n'
    course('', os2)
    roster('Zoé', 'Ada', 'Blaise', 'Grace', 'Max', 'Ida', 'Leo', 'Noé')
    const first = planned()
    keepRegister(first)
    const networks = (plan: typeof first) =>
      Object.fromEntries(
        plan.servers.flatMap(({ name, addressing }) =>
          (addressing?.tenants ?? []).map(({ group, prefix }) => [`${group} on ${name}`, `${prefix}`]),
        ),
      )
    expect(Object.keys(networks(first)).toSorted()).toEqual([
      'g1 on os1',
      'g2 on os2',
      'g3 on os1',
      'g4 on os2',
    ])
    course()
    roster('Noé', 'Leo', 'Ida', 'Max', 'Grace', 'Blaise')
    const second = planned()
    expect(second.moves).toMatchObject([
      { group: 'g2', from: 'os2', to: 'os1', logins: ['grace', 'blaise'], because: 'os2 is gone' },
      { group: 'g4', from: 'os2', to: 'os1', logins: ['noe', 'leo'] },
    ])
    expect(networks(second)['g3 on os1']).toBe(networks(first)['g3 on os1'])
    expect(Object.values(networks(second))).not.toContain(networks(first)['g1 on os1'])
  })
})
