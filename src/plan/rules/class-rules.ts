// Decides what is said of the class where nothing is wrong, but somebody will miss something.
// Leaves what is wrong to course/class-faults.
import { finding, type Rule } from '../draft.ts'

/** Only of a roster: stand-ins of `count` have no address yet. */
export const mailWithoutAddress: Rule = (draft) => {
  const { course } = draft
  if (course.mail === null) return []
  const without = course.enrolment.enrolled.filter(
    ({ listed }) => listed.where !== null && listed.email === null,
  )
  if (without.length === 0) return []
  const some = without.slice(0, 6).map(({ login }) => login)
  return [
    finding(draft, 'warning', 'mail-without-address', ['mail'], {
      title: `${without.length} of ${course.students.length} students have no e-mail address`,
      why: `their hand-outs cannot be mailed: ${some.join(', ')}${without.length > some.length ? ' …' : ''}`,
      fix: 'fill the address in the roster, or hand theirs out yourself',
    }),
  ]
}

/**
 * Interfaces of one router. Measured with Neutron 26 and OVN on two cores: a student's took 1.2 s with up to 40 of them, 1.8 up
 * to 80, 2.7 up to 160, 4.0 at 250 (docs/decisions/016).
 */
const crowd = 64

/** Each interface that is added to a router takes longer than the one before. */
export const routerCrowded: Rule = (draft) => {
  const { course } = draft
  const { ownNetwork, router, work } = course.class
  if (!ownNetwork || router === 'own') return []
  const seats = ({ students }: (typeof course.groups)[number]) =>
    new Set(students.map(({ login, team }) => (work === 'team' ? (team ?? login) : login))).size
  const large = course.groups.filter((group) => seats(group) > crowd)
  if (large.length === 0) return []
  return [
    finding(draft, 'warning', 'router-crowded', ['class', 'router'], {
      title: `${large.map(({ name }) => name).join(', ')}: more than ${crowd} own networks behind one router`,
      why: 'Neutron takes longer with each interface that a router has: three times as long a student at 250 as at 40',
      fix: 'write class.router: own, or make smaller groups',
    }),
  ]
}
