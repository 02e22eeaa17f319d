// Decides what `bateau class snapshot` does: takes, lists, puts back or deletes images of the class's instances.
// Leaves each to classroom/day.
import type { Fault } from '../../core/fault.ts'
import { rebuildTasks, tagTasks } from '../../classroom/day/rebuild.ts'
import {
  deleteTasks,
  imagesOf,
  restoreWishes,
  type Snapshot,
  snapshotsIn,
  snapshotTasks,
} from '../../classroom/day/snapshot.ts'
import { table } from '../../plan/table.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import type { Session } from '../session.ts'
import { carry, type DayCloud, type DryOptions, fromAll, named, withDay } from './day.ts'

export type SnapshotOptions = DryOptions & {
  /** Of the snapshot; null with `list`: of any name. */
  name: string | null
  deed: 'take' | 'list' | 'restore' | 'delete'
}

export function snapshot(options: SnapshotOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  const { deed, who, dryRun } = options
  return withDay(
    'class snapshot',
    { ...options, reads: dryRun || deed === 'list' },
    face,
    signal,
    async ({ run }, clouds) => {
      const name = options.name ?? new Date().toISOString().slice(0, 10)
      switch (deed) {
        case 'list':
          await listed(run, clouds, options.name)
          return exits.done
        case 'take': {
          const tasks = await fromAll(clouds, (cloud) =>
            snapshotTasks(cloud.hands, imagesOf(cloud.roll), cloud.seats, name),
          )
          await carry(run, 'snapshot', `Snapshot ${name}`, tasks, dryRun)
          const back = `./bateau class snapshot --restore --name ${name}${named(who)}`
          if (!dryRun)
            run.emit({
              type: 'note',
              text: `Put it back: ${back}; undo: the same with --delete for --restore`,
            })
          return exits.done
        }
        case 'restore': {
          const wishes = await Promise.all(
            clouds.map(async ({ roll, seats }) => restoreWishes(roll, imagesOf(roll), seats, name)),
          )
          const count = wishes.flat().length
          say(
            run,
            `${count} instances have a snapshot ${name}`,
            wishes.flat().map(({ seat, server }) => [seat.name, server.name]),
          )
          if (count === 0) {
            run.emit({ type: 'fault', fault: noSnapshot(name) })
            return exits.broken
          }
          if (
            !dryRun &&
            !(await face.ask(`Put snapshot ${name} back? What is on the disks of ${count} instances goes`))
          )
            return exits.refused
          const due = clouds.flatMap(({ hands }, i) => tagTasks(hands, wishes[i] ?? []))
          await carry(run, 'restore-note', 'Instances that go back', due, dryRun)
          if (dryRun) return exits.done
          const tasks = await fromAll(clouds, ({ hands, seats }) => rebuildTasks(hands, seats))
          await carry(run, 'restore', `Disks from snapshot ${name}`, tasks, false)
          return exits.done
        }
        case 'delete': {
          const found = await Promise.all(clouds.map((cloud) => ofSeats(cloud, options.name)))
          const count = found.flat().length
          say(
            run,
            `${count} snapshots`,
            found.flat().map((one) => [one.seat, one.vm, one.name]),
          )
          if (count === 0) return exits.done
          if (!dryRun && !(await face.ask(`Delete ${count} snapshots? They cannot be brought back`)))
            return exits.refused
          const tasks = clouds.flatMap(({ roll }, i) => deleteTasks(roll, imagesOf(roll), found[i] ?? []))
          await carry(run, 'snapshot-delete', 'Snapshots', tasks, dryRun)
          return exits.done
        }
      }
    },
  )
}

async function ofSeats({ roll, seats, input }: DayCloud, name: string | null): Promise<Snapshot[]> {
  const all = snapshotsIn(input.course, await imagesOf(roll).read())
  const names = new Set(seats.map((seat) => seat.name))
  return all.filter((one) => names.has(one.seat) && (name === null || one.name === name))
}

async function listed(run: Session, clouds: readonly DayCloud[], name: string | null): Promise<void> {
  const found = await Promise.all(
    clouds.map(async (cloud) => (await ofSeats(cloud, name)).map((one) => ({ cloud: cloud.name, ...one }))),
  )
  const all = found.flat()
  const size = (bytes: number | null) => (bytes === null ? '' : `${Math.ceil(bytes / 1024 ** 2)} MiB`)
  const rows = all.map((one) => [
    one.cloud,
    one.name,
    one.seat,
    one.vm,
    one.status,
    size(one.bytes),
    one.created ?? '',
  ])
  const text = all.length === 0 ? 'no snapshots' : table(rows, [5], '  ').join('\n')
  run.emit({ type: 'report', kind: 'class-snapshots', text, data: { snapshots: all } })
}

function say(run: Session, title: string, rows: readonly (readonly string[])[]): void {
  run.emit({
    type: 'report',
    kind: 'class-snapshot-plan',
    text: [title, ...table(rows, [], '  ')].join('\n'),
    data: { rows },
  })
}

const noSnapshot = (name: string): Fault => ({
  code: 'no-snapshot',
  title: `there is no snapshot ${name} to put back`,
  why: 'no instance of those that are meant has one of that name',
  fix: 'see which there are: ./bateau class snapshot --list; then name one: --name NAME',
})
