// Decides what `bateau class dns` does: names of the class as its clouds are now, or all of them removed.
// Leaves the zones to name-class.
import type { Course } from '../../course/course.ts'
import type { Fault } from '../../core/fault.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import { openCourse, refuse } from '../open-course.ts'
import { session } from '../session.ts'
import { homeOf } from '../world.ts'
import { hostsOf } from './hosts.ts'
import { nameClass } from './name-class.ts'
import { type ClassOptions, withClass } from './open-class.ts'

export type DnsOptions = ClassOptions & { dryRun: boolean; remove: boolean }

export function classDns(options: DnsOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return options.remove ? removeNames(options, face, signal) : giveNames(options, face, signal)
}

function giveNames(options: DnsOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return withClass(
    'class dns',
    options,
    face,
    signal,
    async ({ run, course, file, rehearsal, clouds, away }) => {
      const { dns } = course
      if (dns === null) {
        run.emit({ type: 'fault', fault: noDns(course) })
        return exits.usage
      }
      const { hosts, notes } = await hostsOf(course, dns.zone, clouds)
      for (const text of notes) run.emit({ type: 'note', text })
      const partial = away.length > 0
      return nameClass({ run, course, dns, file, rehearsal, hosts, partial, dryRun: options.dryRun })
    },
  )
}

/** No cloud is asked: names outlive clouds, and must go without them. */
async function removeNames(options: DnsOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  const opened = openCourse(homeOf(process.env), options.file)
  if (!opened.ok) return refuse(face, opened.faults)
  const { course, file, world, rehearsal } = opened.value
  const { dns } = course
  if (dns === null) return refuse(face, [noDns(course)])
  const question = `Remove all names of ${course.name} from ${[dns.zone, dns.reverse].filter(Boolean).join(' and ')}?`
  return session('class dns --remove', world, face, signal, async (run) => {
    const clear = { run, course, dns, file, rehearsal, hosts: [], partial: false }
    if (options.dryRun) return nameClass({ ...clear, dryRun: true })
    const code = await nameClass({ ...clear, dryRun: true })
    if (code === exits.unchecked || code === exits.usage) return code
    if (!(await face.ask(question))) return exits.refused
    return nameClass({ ...clear, dryRun: false })
  })
}

const noDns = (course: Course): Fault => ({
  code: 'dns-none',
  title: `the course ${course.name} names no zone`,
  why: 'its file has no section dns',
  fix: 'write one: docs/dns.md has an example for each provider',
})
