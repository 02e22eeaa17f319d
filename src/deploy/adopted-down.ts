// Decides what `down` takes out of clouds that exist already: all that carries the mark of the course, after it was shown.
// Leaves servers of the course's own to descend.
import { baseMade, baseRemovalTasks } from '../classroom/base-removal.ts'
import { type Leaver, leaversOf, withAllTheyOwn } from '../classroom/leaving.ts'
import { deleteTasks } from '../classroom/removal.ts'
import { Trouble } from '../core/fault.ts'
import type { Task } from '../core/task.ts'
import { carryOut } from './carry-out.ts'
import { type ClassCloud, withClass } from './class/open-class.ts'
import { type ExitCode, exits, type Face } from './face.ts'

/** Exit code `unchecked` when a cloud did not answer: what is in that one stays. */
export function downAdopted(file: string, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return withClass('down', { file }, face, signal, async ({ run, course, clouds }) => {
    const theirs = clouds.filter(({ site }) => site === null)
    const found = await Promise.all(theirs.map(inCloud))
    const lines = found.flatMap(({ lines: some }) => some)
    run.emit({
      type: 'report',
      kind: 'down',
      text: lines.length === 0 ? 'nothing in the clouds carries the mark of the course' : lines.join('\n'),
      data: { clouds: found.map(({ name, seats, made }) => ({ name, seats, made })) },
    })
    if (lines.length === 0) return exits.done
    const question = `All of this is deleted, with everything that students have in it: ${found.map(({ seats }) => seats.length).reduce((a, b) => a + b, 0)} projects and accounts of ${course.name}. Nothing brings it back. Go on?`
    if (!(await face.ask(question, true))) {
      run.emit({ type: 'note', text: 'nothing was changed' })
      return exits.refused
    }
    const code = await carryOut(
      run,
      'down',
      `Taking ${course.name} out of ${found.map(({ name }) => name).join(', ')}`,
      found.flatMap(({ tasks }) => tasks),
    )
    if (code !== exits.done) return code
    for (const { survey } of theirs) survey.forget()
    const left = (await Promise.all(theirs.map(inCloud))).flatMap((one) => one.lines)
    if (left.length === 0) return exits.done
    throw new Trouble({
      code: 'remains',
      title: `${left.length} things of the course are still there`,
      why: left.join('\n'),
      fix: 'run the same command again',
    })
  })
}

type Found = {
  name: string
  seats: { name: string; owns: readonly string[] }[]
  made: { what: string; name: string; id: string }[]
  lines: string[]
  tasks: Task[]
}

async function inCloud({ name, input, deps, survey }: ClassCloud): Promise<Found> {
  const [leavers, made] = await Promise.all([everybody(input, deps, survey), baseMade(input, survey)])
  const seats = deleteTasks(input, deps, survey, leavers)
  const base = baseRemovalTasks(
    input,
    deps,
    survey,
    seats.map(({ id }) => id),
  )
  return {
    name,
    seats: leavers.map((one) => ({ name: one.name, owns: one.owns })),
    made,
    lines: [
      ...leavers.map(
        (one) => `  ${name}  seat ${one.name}${one.owns.length > 0 ? `, with ${one.owns.join(', ')}` : ''}`,
      ),
      ...made.map((one) => `  ${name}  ${one.what} ${one.name}`),
    ],
    tasks: [...seats, ...base],
  }
}

/** Of a course that wants nobody any more, everybody leaves, and at once. */
async function everybody(
  input: ClassCloud['input'],
  deps: ClassCloud['deps'],
  survey: ClassCloud['survey'],
): Promise<Leaver[]> {
  const [people, servers] = await Promise.all([survey.people.read(), survey.servers.read()])
  const nobody = { ...input, groups: [], policy: { ...input.policy, teachers: [] } }
  const rules = { today: '1970-01-01', keep: 0, now: [], elsewhere: () => null }
  const leavers = leaversOf(nobody, people, servers, rules).map((one) => ({
    ...one,
    next: 'delete' as const,
    because: 'the course is taken down',
  }))
  return withAllTheyOwn(await deps.cloud(), leavers)
}
