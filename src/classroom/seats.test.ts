// Who shares a project.
import { describe, expect, it } from 'vitest'
import { plainPolicy } from './policy.fixture.ts'
import { seatOf, seatsOf, teacherSeatsOf, teamsApart } from './seats.ts'

const student = (login: string, team: string | null = null) => ({
  login,
  name: login,
  email: null,
  team,
  sshKey: null,
})
const groups = [
  { name: 'g1', students: [student('ada', 'red'), student('grace'), student('barbara', 'red')] },
  { name: 'g2', students: [student('edsger', 'red'), student('tony', 'blue')] },
]
const teacher = { login: 'a-durand', name: 'Alice Durand', email: null, sshKey: null }
const shown = (seats: ReturnType<typeof seatsOf>) =>
  seats.map(({ name, group, members }) => `${group} ${name}: ${members.map((one) => one.login).join(' ')}`)

describe('seats', () => {
  it('are one a student, named by login, whatever teams the roster names', () => {
    expect(shown(seatsOf({ groups, policy: plainPolicy }))).toEqual([
      'g1 ada: ada',
      'g1 grace: grace',
      'g1 barbara: barbara',
      'g2 edsger: edsger',
      'g2 tony: tony',
    ])
  })

  it('are one a team where teams work together; who is in none works alone', () => {
    const policy = { ...plainPolicy, work: 'team' as const }
    expect(shown(seatsOf({ groups: teamsApart(groups), policy }))).toEqual([
      'g1 g1-red: ada barbara',
      'g1 grace: grace',
      'g2 g2-red: edsger',
      'g2 blue: tony',
    ])
  })

  it('of teachers are their own', () => {
    const policy = { ...plainPolicy, work: 'team' as const, teachers: [teacher] }
    expect(teacherSeatsOf({ policy })).toMatchObject([{ name: 'a-durand', group: null }])
    expect(seatOf({ groups, policy }, 'barbara').name).toBe('red')
    expect(seatOf({ groups, policy }, 'a-durand').group).toBeNull()
    expect(() => seatOf({ groups, policy }, 'nobody')).toThrow(RangeError)
  })
})
