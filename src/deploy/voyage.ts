// Decides what each command of bateau does, start to end: the deeds that the faces call.
// Leaves the phases to ascend and prove, and what surrounds a run to session.
import type { Fault } from '../core/fault.ts'
import { Trouble } from '../core/fault.ts'
import type { Course } from '../course/course.ts'
import { planJson } from '../plan/json.ts'
import { refuses } from '../plan/plan.ts'
import { planText } from '../plan/text.ts'
import { ascend, refusedPlan } from './ascend.ts'
import { nameCourse } from './class/name-course.ts'
import { type ExitCode, exits, type Face, worst } from './face.ts'
import { consent } from './consent.ts'
import { fillClouds } from './fill.ts'
import { groundOf } from './ground.ts'
import { keepRegister } from './keep-register.ts'
import { ascendJump } from './jump/ascend.ts'
import { openCourse, refuse } from './open-course.ts'
import { isRehearsed, planOf } from './plan-of.ts'
import { patience, prove } from './prove.ts'
import { consentToRebuild } from './rebuild.ts'
import { say } from './say.ts'
import { session } from './session.ts'
import { homeOf, noteWorld } from './world.ts'

export { check } from './check-course.ts'
export * as classroom from './class/deeds.ts'
export { down } from './descend.ts'
export { heal } from './heal.ts'
export { watch } from './watch.ts'
export { probe } from './probe.ts'
export { ssh } from './ssh-into.ts'
export { status } from './status.ts'

const home = () => homeOf(process.env)

export type VoyageOptions = {
  file: string
  /** Servers whose cloud is built anew. */
  rebuild: readonly string[]
}

/** The whole voyage on this machine. */
export function rehearse(options: VoyageOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return voyage('rehearse', options, true, face, signal)
}

/** The same on servers that exist already, reached by SSH. */
export function up(options: VoyageOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return voyage('up', options, false, face, signal)
}

async function voyage(
  command: string,
  { file, rebuild }: VoyageOptions,
  asked: boolean,
  face: Face,
  signal: AbortSignal,
): Promise<ExitCode> {
  const opened = openCourse(home(), file)
  if (!opened.ok) return refuse(face, opened.faults)
  const { course, world } = opened.value
  if (asked && course.clouds.length > 0) return refuse(face, [notRehearsed(course)])
  const rehearsal = asked || isRehearsed(course)
  const plan = planOf(course, rehearsal)
  try {
    const ready = refuses(plan)
      ? refusal(refusedPlan(plan).fault)
      : [
          ...(await consent(course, world, rehearsal, face)),
          ...(await consentToRebuild(course, rebuild, face)),
        ]
    if (ready.length > 0) {
      if (refuses(plan)) say(face, { type: 'plan.made', text: planText(plan), plan: planJson(plan) })
      refuse(face, ready)
      return exits.refused
    }
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    refuse(face, [error.fault])
    return exits.refused
  }
  return session(command, world, face, signal, async (run) => {
    run.emit({ type: 'plan.made', text: planText(plan), plan: planJson(plan) })
    noteWorld(world, { courseFile: file, rehearsal })
    keepRegister(plan)
    const ground = groundOf(course, world, rehearsal)
    const { sites, unfinished } = await ascend(run, plan, ground, rebuild)
    const { away, exitCode: filled } = await fillClouds(run, plan, ground, sites)
    const led = await ascendJump(run, plan, ground, [...unfinished, ...away])
    const named = await nameCourse(run, plan, ground, { file, rehearsal })
    const { exitCode: proven } = await prove(run, plan, ground, sites, patience.begun, [], away)
    return worst(unfinished.length > 0 ? exits.broken : exits.done, filled, led, proven, named)
  })
}

const notRehearsed = ({ name, source, clouds }: Course): Fault => ({
  code: 'not-rehearsed',
  title: `${name} cannot be rehearsed: it is on clouds that exist already`,
  why: `${clouds.map((cloud) => cloud.name).join(', ')} would be changed for good, and a rehearsal leaves nothing`,
  fix: `see what would be done: bateau plan ${source.file}; then bateau up ${source.file}`,
})

const refusal = (fault: Fault): Fault[] => [fault]
