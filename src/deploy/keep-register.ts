// Decides when the register of a course is written: by commands that carry out, whole, and never over somebody else's.
// Leaves what stands in it to course/register, and its form to course/register-file.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Trouble } from '../core/fault.ts'
import { digestOf, registerText } from '../course/register-file.ts'
import { type Place, registerAfter } from '../course/register.ts'
import type { Plan } from '../plan/plan.ts'

/**
 * Writes who has which login, group and cloud by this plan; nothing where that is what stands there. To be called under
 * the lock of the world, before anything is made for a student. Throws Trouble `register-changed`, `cannot-write`.
 */
export function keepRegister(plan: Plan): void {
  const { course, policy } = plan
  const { file, digest, before, enrolled } = course.enrolment
  if (file === null) return
  const found = read(file)
  if ((found === null ? null : digestOf(found)) !== digest) throw changed(file)
  const text = registerText(registerAfter(before, enrolled, placesOf(plan), policy.today), course.name)
  if (found !== null && found.equals(Buffer.from(text))) return
  write(file, text)
}

function placesOf({ servers, clouds }: Plan): Map<string, Place> {
  const networkOn = (cloud: string, group: string) => {
    const network = servers.find(({ name }) => name === cloud)?.slots.indexOf(group) ?? -1
    return network < 0 ? null : network
  }
  const rangeOn = (cloud: string) => servers.find(({ name }) => name === cloud)?.ownRange ?? null
  return new Map(
    [...servers, ...clouds].flatMap(({ name: cloud, placed }) =>
      placed.flatMap(({ group, students }) =>
        students.map(
          ({ login }) =>
            [login, { group, cloud, network: networkOn(cloud, group), range: rangeOn(cloud) }] as const,
        ),
      ),
    ),
  )
}

function read(file: string): Buffer | null {
  try {
    return readFileSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw cannotWrite(file, error)
  }
}

/** Names and addresses of people: for its owner alone, unless somebody gave it another mode. */
function write(file: string, text: string): void {
  const draft = `${file}.${process.pid}.new`
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    const mode = (statSync(file, { throwIfNoEntry: false })?.mode ?? 0o600) & 0o777
    writeFileSync(draft, text, { mode, flush: true })
    renameSync(draft, file)
  } catch (error) {
    rmSync(draft, { force: true })
    throw cannotWrite(file, error)
  }
}

const changed = (file: string) =>
  new Trouble({
    code: 'register-changed',
    title: `${file} was changed while this command read the course`,
    why: 'another command or person wrote it; what stands there now is not what the plan was made from',
    fix: 'run the same command again',
  })

const cannotWrite = (file: string, error: unknown) =>
  new Trouble({
    code: 'cannot-write',
    title: `${file} cannot be written`,
    why: `${(error as Error).message}; without it nobody would remember whose which login is`,
    fix: `look at its directory: ls -ld ${dirname(file)}; or name another place: students.register`,
  })
