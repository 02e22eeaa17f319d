// Decides what of the course file every hand-out says: title, languages, sessions, jump host, names.
// Leaves what one person is given to handout-files.
import type { ClassSession, Language } from '../course/class.ts'
import type { Course } from '../course/course.ts'

export type HandoutCourse = {
  title: string
  /** Name in the tz database. */
  timezone: string
  /** The first one first. */
  languages: readonly Language[]
  contact: string | null
  sessions: readonly ClassSession[]
  /** Null: there is none, or nothing says where. */
  jump: { host: string; port: number; api: boolean } | null
  /** Zone of the instances' names; null: they have none. */
  zone: string | null
  /** How many clouds the course has: teachers have an account on each. */
  clouds: number
}

/** `jumpHost`: what students type for the jump host; null where there is none. */
export function handoutCourse(course: Course, jumpHost: string | null): HandoutCourse {
  const { title, timezone, handouts, sessions, jump, dns } = course
  return {
    title,
    timezone,
    languages: handouts.languages,
    contact: handouts.contact,
    sessions,
    jump: jump === null || jumpHost === null ? null : { host: jumpHost, port: jump.port, api: jump.api },
    zone: dns?.zone ?? null,
    clouds: course.servers.filter(({ role }) => role === 'cloud').length + course.clouds.length,
  }
}
