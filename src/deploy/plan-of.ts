// Decides which plan a course has today, whether it is a rehearsal, and the course of a command that needs it up.
// Leaves planning to plan/, and what is known of providers to provider/.
import { existsSync } from 'node:fs'
import { bad, type Outcome } from '../core/fault.ts'
import { wall } from '../classroom/day/calendar.ts'
import type { Course } from '../course/course.ts'
import { makePlan, type Plan } from '../plan/plan.ts'
import { catalogue } from '../provider/catalogue.ts'
import { ways } from '../provider/ways.ts'
import { openCourse, type Opened } from './open-course.ts'
import type { Home } from './world.ts'

/** A course whose servers are all rehearsal servers is rehearsed by `up` as well. */
export function isRehearsed(course: Course): boolean {
  const clouds = course.servers.filter(({ role }) => role === 'cloud')
  return clouds.length > 0 && clouds.every(({ provider }) => provider === 'rehearsal')
}

export function planOf(course: Course, rehearsal: boolean): Plan {
  const today = wall(Date.now(), course.timezone).day
  return makePlan(course, { hosts: {}, offers: catalogue, ways }, { today, rehearsal })
}

/** As openCourse, of a course that is up. Fault code besides: `not-up`. */
export function openUp(home: Home, file: string | null): Outcome<Opened> {
  const opened = openCourse(home, file)
  if (!opened.ok || existsSync(`${opened.value.world.dir}/world.json`)) return opened
  const { course, world } = opened.value
  return bad({
    code: 'not-up',
    title: `the course ${course.name} is not up on this machine`,
    why: `nothing is remembered of it in ${world.dir}`,
    fix: `bring it up first: ./bateau ${isRehearsed(course) ? 'rehearse' : 'up'} ${course.source.file}`,
  })
}
