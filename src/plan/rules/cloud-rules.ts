// Decides what is said of clouds that exist already: seats too few, or not known before the cloud is opened.
// Leaves servers to capacity-rules.
import { finding, type Draft, type PlannedCloud, type Rule } from '../draft.ts'
import { studentsAtOnce } from '../placement.ts'

const needed = (draft: Draft, { placed }: PlannedCloud) => studentsAtOnce(placed, draft.course.atOnce)

export const seatsShort: Rule = (draft) =>
  draft.clouds.flatMap((planned) => {
    const { seats } = planned.cloud
    const students = needed(draft, planned)
    if (seats === null || students <= seats) return []
    return [
      finding(draft, 'error', 'seats-short', ['clouds', planned.index, 'seats'], {
        title: `${planned.name}: ${seats} seats for ${students} students at once`,
        why: 'instances past them would be refused by the cloud, in the middle of the class',
        fix: 'smaller groups, another cloud, or more seats where the cloud has them',
      }),
    ]
  })

export const seatsUnknown: Rule = (draft) =>
  draft.clouds.flatMap((planned) => {
    if (planned.cloud.seats !== null) return []
    return [
      finding(draft, 'info', 'seats-unknown', ['clouds', planned.index], {
        title: `${planned.name}: how many students it holds is not known before it is opened`,
        why: '`up` reads its hypervisors, and says when they have less room than the students placed there need',
        fix: `write what it holds: seats: ${Math.max(1, needed(draft, planned))}`,
      }),
    ]
  })
