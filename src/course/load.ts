// Decides whether a course file and its roster make a course, and gives every fault at once when they do not.
// Leaves keys to schema, places to document, what follows from the course to plan/.
import { dirname, isAbsolute, join } from 'node:path'
import { bad, good, type Fault, type Outcome } from '../core/fault.ts'
import { Secret } from '../core/secret.ts'
import { openBytes, utf8Text, type ReadFile } from './bytes.ts'
import { classFaults } from './class-faults.ts'
import type { Course, Path } from './course.ts'
import { crossFaults } from './cross.ts'
import { readDocument, type YamlFile } from './document.ts'
import { duidText, readDuid } from './duid.ts'
import { enrol, groupsOf, type Class, type FoundRegister } from './enrolment.ts'
import { faultsOf } from './issues.ts'
import { maskText } from './mask.ts'
import { digestOf, readRegister } from './register-file.ts'
import { readRoster, unnamedStudents, type Roster } from './roster.ts'
import { courseFile, type CourseFile } from './schema.ts'
import { toCourse } from './to-course.ts'

/** A course file of a few hundred lines has 20 KiB; a roster of 5000 students about 500. */
const courseLimit = 256 * 1024
const rosterLimit = 4 * 1024 * 1024

export type LoadEffects = {
  readFile: ReadFile
  /** Path of the register of a course whose file names none. Left out: there is none. */
  registerAt?: (course: string) => string
}

/** Reads a course file. The register, the roster and DUID files that it names are read beside it. */
export function loadCourse(path: string, effects: LoadEffects): Outcome<Course> {
  const bytes = openBytes(path, courseLimit, effects.readFile)
  if (!bytes.ok) return bytes
  const text = utf8Text(path, bytes.value)
  if (!text.ok) return text
  return readCourse(path, text.value, effects)
}

/** The same from text at hand; `path` is for faults and for what stands beside the file. */
export function readCourse(path: string, text: string, effects: LoadEffects): Outcome<Course> {
  const course = readText(path, text, effects)
  return course.ok ? course : bad(...ordered(course.faults))
}

function readText(path: string, text: string, effects: LoadEffects): Outcome<Course> {
  const document = readDocument(path, text)
  if (!document.ok) return document
  const file = document.value
  if (file.value === null || file.value === undefined) return bad(emptyFile(path))
  const parsed = courseFile.safeParse(file.value)
  const faults = [...file.faults, ...crossFaults(file)]
  if (!parsed.success) faults.push(...parsed.error.issues.flatMap((issue) => faultsOf(issue, file)))
  if (!parsed.success || faults.length > 0) return bad(...faults)
  return withFiles(
    parsed.data,
    file,
    (name) => (isAbsolute(name) ? name : join(dirname(path), name)),
    effects,
  )
}

function withFiles(
  data: CourseFile,
  file: YamlFile,
  beside: (name: string) => string,
  effects: LoadEffects,
): Outcome<Course> {
  const faults: Fault[] = []
  const people = readClass(data, file, beside, effects)
  if (!people.ok) faults.push(...people.faults)
  const duids = new Map<string, Secret>()
  data.servers.forEach((server, i) => {
    if (server.ipv6?.duid_file === undefined) return
    const duid = readDuidFile(beside(server.ipv6.duid_file), effects)
    if (duid.ok) duids.set(server.name, duid.value)
    else faults.push(...duid.faults.map((fault) => placed(fault, file, ['servers', i, 'ipv6', 'duid_file'])))
  })
  if (people.ok) faults.push(...classFaults(data, people.value, file))
  if (!people.ok || faults.length > 0) return bad(...faults)
  return good(toCourse(data, people.value, duids, file))
}

function readClass(
  data: CourseFile,
  file: YamlFile,
  beside: (name: string) => string,
  effects: LoadEffects,
): Outcome<Class> {
  const roster = readStudents(data, file, beside, effects)
  const register = readRegisterFile(data, beside, effects)
  const faults = [
    ...(roster.ok ? [] : roster.faults.map((fault) => placed(fault, file, ['students', 'roster']))),
    ...(register.ok ? [] : register.faults.map((fault) => placed(fault, file, ['students', 'register']))),
  ]
  if (!roster.ok || !register.ok) return bad(...faults)
  const enrolled = enrol(roster.value.listed, roster.value.notes, register.value)
  if (!enrolled.ok) return bad(...enrolled.faults.map((fault) => placed(fault, file, ['students'])))
  const groups = groupsOf(enrolled.value, data.students.groups ?? {}, data.class.work)
  if (!groups.ok) return bad(...groups.faults.map((fault) => placed(fault, file, ['students', 'groups'])))
  return good({ ...enrolled.value, groups: groups.value })
}

function readStudents(
  data: CourseFile,
  file: YamlFile,
  beside: (name: string) => string,
  effects: LoadEffects,
): Outcome<Roster> {
  const { roster, count, columns } = data.students
  if (roster === undefined) return good({ listed: unnamedStudents(count ?? 0), notes: [] })
  const bytes = openBytes(beside(roster), rosterLimit, effects.readFile)
  if (!bytes.ok) return bytes
  return readRoster(beside(roster), bytes.value, columns, (column) =>
    file.at(['students', 'columns', column]),
  )
}

/** None yet is the first run; one that cannot be read is a fault. */
function readRegisterFile(
  data: CourseFile,
  beside: (name: string) => string,
  effects: LoadEffects,
): Outcome<FoundRegister> {
  const { name } = data.course
  const { register } = data.students
  const path = register === undefined ? effects.registerAt?.(name) : beside(register)
  if (path === undefined) return good({ file: null, digest: null, entries: [] })
  const bytes = openBytes(path, rosterLimit, effects.readFile)
  if (!bytes.ok && bytes.faults.every(({ code }) => code === 'no-file'))
    return good({ file: path, digest: null, entries: [] })
  if (!bytes.ok) return bytes
  const entries = readRegister(path, bytes.value, name)
  return entries.ok ? good({ file: path, digest: digestOf(bytes.value), entries: entries.value }) : entries
}

function readDuidFile(path: string, effects: LoadEffects): Outcome<Secret> {
  const bytes = openBytes(path, 4096, effects.readFile)
  if (!bytes.ok) return bytes
  const read = readDuid(Buffer.from(bytes.value).toString('latin1').trim())
  return read.ok ? good(new Secret(duidText(read.value))) : read
}

/** A fault without a place of its own stands at the key that led to it. */
function placed(fault: Fault, file: YamlFile, path: Path): Fault {
  if (fault.where) return fault
  const where = file.at(path)
  return where ? { ...fault, where } : fault
}

/** In the order of the file, and with no DUID in any of their texts. */
function ordered(faults: readonly Fault[]): Fault[] {
  const place = (fault: Fault) =>
    [fault.where?.file ?? '', fault.where?.line ?? 0, fault.where?.column ?? 0] as const
  return faults.map(masked).sort((a, b) => {
    const [fileA, lineA, columnA] = place(a)
    const [fileB, lineB, columnB] = place(b)
    return fileA === fileB ? lineA - lineB || columnA - columnB : fileA < fileB ? -1 : 1
  })
}

function masked(fault: Fault): Fault {
  return { ...fault, title: maskText(fault.title), why: maskText(fault.why), fix: maskText(fault.fix) }
}

function emptyFile(path: string): Fault {
  return {
    code: 'empty-file',
    title: `${path} holds nothing but comments, or nothing at all`,
    why: 'a course file has at least course, students, instances and servers',
    fix: 'begin with a copy: cp examples/rehearsal.yaml course.yaml',
    where: { file: path, line: 1, column: 1, length: 1 },
  }
}
