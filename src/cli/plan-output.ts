// Decides which of a plan's forms is printed, and what its exit code is.
// Leaves the plan to plan/, and the steps it leads to to deploy/.
import type { Fault } from '../core/fault.ts'
import { showFaults } from '../core/fault-text.ts'
import type { Course } from '../course/course.ts'
import { type ExitCode, exits } from '../deploy/face.ts'
import { openCourse } from '../deploy/open-course.ts'
import { isRehearsed, planOf } from '../deploy/plan-of.ts'
import { homeOf } from '../deploy/world.ts'
import { planJson } from '../plan/json.ts'
import type { Plan } from '../plan/plan.ts'
import { studentsText } from '../plan/people.ts'
import { planText } from '../plan/text.ts'
import { schemaVersion } from '../run/events.ts'
import type { Terminal } from './terminal.ts'
import { stepsText } from './view/steps.ts'

export type PlanOptions = { json: boolean; commands: boolean; strict: boolean; students: boolean }

/** Reads the course file, makes the plan and prints it; with faults in the file prints those instead. */
export async function printPlan(file: string, options: PlanOptions, terminal: Terminal): Promise<ExitCode> {
  const opened = openCourse(homeOf(process.env), file)
  return opened.ok ? show(opened.value.course, options, terminal) : refuse(opened.faults, options, terminal)
}

async function show(course: Course, options: PlanOptions, terminal: Terminal): Promise<ExitCode> {
  const plan = planOf(course, isRehearsed(course))
  if (options.commands) await showCommands(plan, options, terminal)
  else
    terminal.out.write(
      options.json
        ? json(planJson(plan))
        : planText(plan) + (options.students ? `\n${studentsText(plan)}` : ''),
    )
  const found = plan.findings.some(({ severity }) => severity !== 'info')
  return options.strict && found ? exits.refused : exits.done
}

async function showCommands(plan: Plan, options: PlanOptions, terminal: Terminal): Promise<void> {
  const { stepsOffline } = await import('../deploy/steps-offline.ts')
  const hosts = stepsOffline(plan)
  if (options.json) terminal.out.write(json({ schema_version: schemaVersion, hosts }))
  else terminal.out.write(`${hosts.map(({ host, steps }) => stepsText(host, steps)).join('\n\n\n')}\n`)
  if (plan.course.jump !== null && plan.clouds.length > 0)
    terminal.err.write(
      'Where instances are in clouds that exist already only those say: the jump host is shown without them.\n',
    )
  terminal.err.write(
    'Of servers that nobody has looked at yet a fresh Debian 13 is assumed; `up` looks first, and adapts.\n',
  )
}

/** For programs the faults are data too; standard output is JSON whatever happens. */
function refuse(faults: readonly Fault[], options: PlanOptions, terminal: Terminal): ExitCode {
  if (options.json) terminal.out.write(json({ schema_version: schemaVersion, faults }))
  terminal.err.write(`${showFaults(faults)}\n`)
  return exits.usage
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
