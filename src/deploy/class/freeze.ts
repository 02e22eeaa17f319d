// Decides what `bateau class freeze` and `class thaw` do, group by group.
// Leaves what an exam is to classroom/day/exam-rights, exam-group and exam-ports.
import { lookup } from 'node:dns/promises'
import type { Task } from '../../core/task.ts'
import { Address, Prefix } from '../../core/prefix.ts'
import { Estate } from '../../classroom/day/estate.ts'
import { type Allowance, readAllowance, readSource } from '../../classroom/day/exam-allowance.ts'
import { unwallTask, wallTask } from '../../classroom/day/exam-group.ts'
import { cutTasks, joinTasks } from '../../classroom/day/exam-ports.ts'
import { readerTasks, rightsOf, writerTasks } from '../../classroom/day/exam-rights.ts'
import type { Course } from '../../course/course.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import { carry, type DayCloud, type DryOptions, fromAll, named, withDay } from './day.ts'

export type FreezeOptions = DryOptions & {
  /** As typed: `2001:db8::/32:443`. */
  allow: readonly string[]
  /** Who may ping and log in: prefixes of the room, of the teacher; as typed. */
  from: readonly string[]
}

export function freeze(options: FreezeOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return withDay(
    'class freeze',
    { ...options, reads: options.dryRun },
    face,
    signal,
    async ({ run, course }, clouds) => {
      const { dryRun, who } = options
      const jump = await jumpAddress(course)
      const allowed: Allowance = {
        out: options.allow.map(readAllowance),
        in: [...options.from.map(readSource), ...(jump === null ? [] : [jump])],
      }
      if (allowed.in.length === 0)
        run.emit({
          type: 'note',
          text: 'Nobody can log in to an instance during this exam: --from PREFIX says who may',
        })
      const tasks = await fromAll(clouds, (cloud) => {
        const [estate, rights] = [new Estate(cloud.roll), rightsOf(cloud)]
        return [
          ...groupsOf(cloud).map((group) => wallTask(cloud.hands, estate, group, allowed)),
          ...readerTasks(cloud.hands, rights, cloud.seats),
          ...cutTasks(cloud.hands, estate, cloud.seats),
        ]
      })
      await carry(run, 'freeze', 'The exam begins', tasks, dryRun)
      if (!dryRun) run.emit({ type: 'note', text: `Undo: ./bateau class thaw${named(who)}` })
      return exits.done
    },
  )
}

export function thaw(options: DryOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return withDay(
    'class thaw',
    { ...options, reads: options.dryRun },
    face,
    signal,
    async ({ run, course }, clouds) => {
      const tasks = await fromAll(clouds, (cloud): Task[] => {
        const [estate, rights] = [new Estate(cloud.roll), rightsOf(cloud)]
        const join = joinTasks(cloud.hands, estate, cloud.seats)
        const joined = join.map(({ id }) => id)
        return [
          ...join,
          ...writerTasks(cloud.hands, rights, cloud.seats),
          ...groupsOf(cloud).map((group) => unwallTask(cloud.hands, estate, group, joined)),
        ]
      })
      await carry(run, 'thaw', 'The exam ends', tasks, options.dryRun)
      if (!options.dryRun && course.class.applicationCredentials)
        run.emit({
          type: 'note',
          text: 'Keystone deleted the application credentials of who was frozen; they are made anew, with the secrets that the hand-outs have, by: ./bateau class apply',
        })
      return exits.done
    },
  )
}

const groupsOf = ({ seats }: DayCloud) => [
  ...new Set(seats.flatMap(({ group }) => (group === null ? [] : [group]))),
]

/** Students without IPv6 come from there. Null where the course has none, or its name leads to no IPv6 address. */
async function jumpAddress({ jump, servers }: Course): Promise<Prefix | null> {
  if (jump === null) return null
  const host = jump.host ?? servers.find(({ name }) => name === jump.server)?.address ?? null
  if (host === null) return null
  const found = await lookup(host, { family: 6 }).catch(() => undefined)
  const read = Address.parse(found?.address ?? host)
  return read.ok ? Prefix.at(read.value, 128) : null
}
