// Decides one sound course file that stories and tests break on purpose.
// Leaves what they expect to them.
import type { Outcome } from '../../src/core/fault.ts'
import type { Course } from '../../src/course/course.ts'
import { readCourse } from '../../src/course/load.ts'

/** Its DUID; no output of bateau may ever hold it. */
export const soundDuid = '00:03:00:01:5c:a1:ab:1e:ca:fe'

export const soundText = `course:
  name: sound
  title: A sound course
  start: 2027-02-01
  end: 2027-06-30

students:
  count: 24
  groups:
    size: 12

instances:
  per_student: 1
  ram: 512 MiB
  disk: 5 GiB

servers:
  - name: os1
    provider: adopted
    cores: 16
    ram: 32 GiB
    disks:
      - {kind: ssd, size: 500 GB}
    price: {monthly: 30, months: 5}
    ipv6:
      delivery: dhcpv6-pd
      block: 2a01:e0a:17::/56
      duid: ${soundDuid}
      gateway: ra
      uplink: eno1

budget: 200
`

/** The sound text with some of its text replaced. Throws when a text is not in it, so that a test cannot test nothing. */
export function broken(...edits: readonly (readonly [from: string, to: string])[]): string {
  return edits.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new RangeError(`not in the sound course: ${from}`)
    return text.replace(from, () => to)
  }, soundText)
}

/** Files beside the course file, by path. */
export function filesOf(files: Readonly<Record<string, string | Uint8Array>>) {
  return {
    readFile(path: string): Uint8Array {
      const found = files[path]
      if (found === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
      return typeof found === 'string' ? Buffer.from(found) : found
    },
  }
}

export function read(
  text: string,
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Outcome<Course> {
  return readCourse('course.yaml', text, filesOf(files))
}

/** The course of a text that must be sound. */
export function courseOf(text: string, files: Readonly<Record<string, string | Uint8Array>> = {}): Course {
  const course = read(text, files)
  if (!course.ok) throw new RangeError(course.faults.map((fault) => fault.title).join('; '))
  return course.value
}
