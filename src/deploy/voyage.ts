// Decides what each command of bateau does, start to end: the deeds that the faces call.
// Leaves the phases to ascend and prove, and what surrounds a run to session.
import { existsSync } from 'node:fs'
import type { Fault } from '../core/fault.ts'
import { Trouble } from '../core/fault.ts'
import type { Course } from '../course/course.ts'
import { planJson } from '../plan/json.ts'
import { makePlan, type Plan, refuses } from '../plan/plan.ts'
import { planText } from '../plan/text.ts'
import { catalogue } from '../provider/catalogue.ts'
import { ways } from '../provider/ways.ts'
import { ascend, refusedPlan, sitesOf } from './ascend.ts'
import { type ExitCode, exits, type Face } from './face.ts'
import { consent } from './consent.ts'
import { groundOf } from './ground.ts'
import { openCourse, type Opened, refuse } from './open-course.ts'
import { prepareSecrets } from './prepare-secrets.ts'
import { prove } from './prove.ts'
import { session } from './session.ts'
import { homeOf, noteWorld } from './world.ts'

export { down } from './descend.ts'
export { ssh } from './ssh-into.ts'
export { status } from './status.ts'

const home = () => homeOf(process.env)

/** The whole voyage on this machine. */
export function rehearse(options: { file: string }, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return voyage('rehearse', options.file, true, face, signal)
}

/** The same on servers that exist already, reached by SSH. */
export function up(options: { file: string }, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return voyage('up', options.file, false, face, signal)
}

async function voyage(
  command: string,
  file: string,
  asked: boolean,
  face: Face,
  signal: AbortSignal,
): Promise<ExitCode> {
  const opened = openCourse(home(), file)
  if (!opened.ok) return refuse(face, opened.faults)
  const { course, world } = opened.value
  const rehearsal = asked || isRehearsed(course)
  const plan = planOf(course, rehearsal)
  try {
    const ready = refuses(plan)
      ? refusal(refusedPlan(plan).fault)
      : await consent(course, world, rehearsal, face)
    if (ready.length > 0) {
      if (refuses(plan)) sayPlan(face, plan)
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
    const ground = groundOf(course, world, rehearsal)
    const sites = await ascend(run, plan, ground)
    return (await prove(run, plan, ground, sites)).exitCode
  })
}

/** The proof again. Changes nothing but the journal. */
export async function check(
  options: { file: string | null },
  face: Face,
  signal: AbortSignal,
): Promise<ExitCode> {
  const opened = openCourse(home(), options.file)
  if (!opened.ok) return refuse(face, opened.faults)
  const absent = notUp(opened.value)
  if (absent) return refuse(face, [absent])
  const { course, world, rehearsal } = opened.value
  return session('check', world, face, signal, async (run) => {
    const plan = planOf(course, rehearsal)
    const ground = groundOf(course, world, rehearsal)
    await prepareSecrets(run.vault, course, [], [])
    return (await prove(run, plan, ground, await sitesOf(plan, ground))).exitCode
  })
}

/** A course whose servers are all rehearsal servers is rehearsed by `up` as well. */
export function isRehearsed(course: Course): boolean {
  const clouds = course.servers.filter(({ role }) => role === 'cloud')
  return clouds.length > 0 && clouds.every(({ provider }) => provider === 'rehearsal')
}

export function planOf(course: Course, rehearsal: boolean): Plan {
  const today = new Date().toISOString().slice(0, 10)
  return makePlan(course, { hosts: {}, offers: catalogue, ways }, { today, rehearsal })
}

export function notUp({ course, world }: Opened): Fault | undefined {
  if (existsSync(`${world.dir}/world.json`)) return undefined
  return {
    code: 'not-up',
    title: `the course ${course.name} is not up on this machine`,
    why: `nothing is remembered of it in ${world.dir}`,
    fix: `bring it up first: ./bateau ${isRehearsed(course) ? 'rehearse' : 'up'} ${course.source.file}`,
  }
}

const refusal = (fault: Fault): Fault[] => [fault]

function sayPlan(face: Face, plan: Plan): void {
  face.event({
    schema_version: 1,
    at: new Date().toISOString(),
    run: '',
    type: 'plan.made',
    text: planText(plan),
    plan: planJson(plan),
  })
}
