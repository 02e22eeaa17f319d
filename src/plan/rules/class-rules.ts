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
