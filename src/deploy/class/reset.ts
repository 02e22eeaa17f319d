// Decides what `bateau class reset` does: shows what is a student's own, asks, takes it away, and puts back what the course gave.
// Leaves finding and deleting it to classroom/day, and the course's things to the tasks of enrolment.
import { clearTaskId, clearTasks } from '../../classroom/day/clear.ts'
import { doomed, doomedText, Estate, startersOf } from '../../classroom/day/estate.ts'
import { firstImage } from '../../classroom/day/guest.ts'
import { frozenTag } from '../../classroom/day/tags.ts'
import { mayBecome } from '../../classroom/day/snapshot-mark.ts'
import { leftToRebuild, rebuildTasks, tagTasks, type Wish } from '../../classroom/day/rebuild.ts'
import { enrolTaskId, enrolTasks } from '../../classroom/enrol.ts'
import { classroomSecrets } from '../../classroom/input.ts'
import { cloudBaseTasks } from '../../classroom/base.ts'
import type { Seat } from '../../classroom/seats.ts'
import { table } from '../../plan/table.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import { prepareSecrets } from '../prepare-secrets.ts'
import { bootUp } from './boot.ts'
import { carry, type DayCloud, type DryOptions, fromAll, inTurn, named, seatCount, withDay } from './day.ts'
import { classKey } from './class-key.ts'
import { thisMachine } from '../reach.ts'
import { Stop } from '../session.ts'
import { starterWish, type Wanted } from './starter-wish.ts'

type Fate = { cloud: DayCloud; seat: string; goes: string; anew: readonly string[] }

export function reset(options: DryOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return withDay(
    'class reset',
    { ...options, reads: options.dryRun },
    face,
    signal,
    async ({ run, world, course }, clouds) => {
      const { dryRun } = options
      const estates = new Map(clouds.map((cloud) => [cloud, new Estate(cloud.roll)]))
      const estateOf = (cloud: DayCloud) => estates.get(cloud) ?? new Estate(cloud.roll)
      const noted = (await Promise.all(clouds.map(({ roll, seats }) => leftToRebuild(roll, seats)))).flat()
      const left = noted.some(isRestore) ? [] : noted
      const fates = (await Promise.all(clouds.map((cloud) => fatesOf(cloud, estateOf(cloud))))).flat()
      run.emit({
        type: 'report',
        kind: 'class-reset-plan',
        text: fatesText(fates, left.length),
        data: {
          continues: left.length > 0,
          seats: fates.map(({ cloud, ...fate }) => ({ cloud: cloud.name, ...fate })),
        },
      })
      if (dryRun) return exits.done
      const touched = fates.filter(({ goes, anew }) => goes !== '' || anew.length > 0).length
      const question = `Reset ${seatCount(clouds)} seats? What ${touched} of them have goes, and cannot be brought back`
      if (touched > 0 && !(await face.ask(question))) return exits.refused

      const phase = (name: string, title: string, tasks: Parameters<typeof carry>[3]) =>
        carry(run, name, title, tasks, false)
      const key = await classKey(world, thisMachine)
      /** One seat that cannot be cleared keeps no other from being reset; nothing more is done to it. */
      let clear = clouds
      await inTurn(run, [
        async () => {
          if (left.length > 0) return
          const due = await fromAll(clouds, async (cloud) =>
            tagTasks(cloud.hands, await wishesOf(cloud, key)),
          )
          await phase('reset-note', 'Instances that start anew', due)
        },
        async () => {
          const tasks = await fromAll(clouds, (cloud) =>
            clearTasks(cloud.hands, estateOf(cloud), cloud.seats),
          )
          const { failed } = await run.attempt('reset-clear', "Students' own things", tasks)
          const not = new Set(failed.map(({ id }) => id))
          clear = await Promise.all(
            clouds.map(async (cloud) => {
              const frozen = await Promise.all(cloud.seats.map((seat) => cloud.roll.hasTag(seat, frozenTag)))
              const done = (seat: Seat, i: number) =>
                !not.has(clearTaskId(cloud.input.site, seat)) && frozen[i] !== true
              return { ...cloud, seats: cloud.seats.filter(done) }
            }),
          )
          if (failed.length > 0) throw new Stop(exits.broken)
        },
        async () => {
          const anew = await fromAll(clear, ({ hands, seats }) => rebuildTasks(hands, seats))
          await phase('reset-rebuild', 'Disks of starter instances', anew)
        },
        async () => {
          await prepareSecrets(run.vault, course, [], classroomSecrets(course.groups, course.class))
          await phase('reset-desired', 'What the course gave', await fromAll(clear, desiredTasks))
        },
        async () => {
          if (course.class.starter.count > 0) await bootUp(run, world, clear, asTheCourse, false)
        },
      ])
      run.emit({
        type: 'note',
        text: `Not to be undone. Snapshots of yours are there still: ./bateau class snapshot --list${named(options.who)}`,
      })
      return exits.done
    },
  )
}

const asTheCourse: Wanted = { image: null, flavor: null, count: null, user: null }

/** Noted by `snapshot --restore`: a reset that was cut notes the image that an instance was started from. */
const isRestore = ({ server, imageId }: Wish) => (firstImage(server) ?? imageId) !== imageId

async function fatesOf(cloud: DayCloud, estate: Estate): Promise<Fate[]> {
  return Promise.all(
    cloud.seats.map(async (seat) => ({
      cloud,
      seat: seat.name,
      goes: doomedText(await doomed(estate, seat)),
      anew: (await startersOf(cloud.roll, seat)).map(({ name }) => name),
    })),
  )
}

/** Starter instances get the image that they were started from, or the course's where that is gone. */
async function wishesOf(cloud: DayCloud, key: string): Promise<Wish[]> {
  const { roll, seats } = cloud
  const images = await roll.images()
  const found = await Promise.all(
    seats.map(async (seat) => (await startersOf(roll, seat)).map((server) => ({ seat, server }))),
  )
  const starters = found.flat()
  if (starters.length === 0) return []
  const wish = await starterWish(cloud, asTheCourse, key)
  return starters.map(({ seat, server }) => {
    const first = images.find((one) => one.id === firstImage(server) && mayBecome(one, server))
    return { seat, server, imageId: first?.id ?? wish.imageId }
  })
}

/** Of enrolment, those of the seats alone; what they wait for elsewhere is there, or they say so. */
function desiredTasks({ input, deps, survey, seats }: DayCloud) {
  survey.people.forget()
  survey.base.forget()
  // A student may have changed what a shallow look takes to be as it was set.
  survey.deep = true
  const wanted = new Set(
    seats
      .flatMap(({ name, members }) => [name, ...members.map(({ login }) => login)])
      .map((one) => enrolTaskId(input.site, one)),
  )
  const tasks = [...cloudBaseTasks(input, deps, survey), ...enrolTasks(input, deps, survey)]
  const here = new Set(tasks.filter(({ id }) => wanted.has(id)).map(({ id }) => id))
  return tasks
    .filter(({ id }) => here.has(id))
    .map((task) => ({ ...task, after: task.after.filter((id) => here.has(id)) }))
}

function fatesText(fates: readonly Fate[], left: number): string {
  const rows = fates.map(({ cloud, seat, goes, anew }) => [
    cloud.name,
    seat,
    goes === '' ? 'nothing goes' : `goes: ${goes}`,
    anew.length === 0 ? '' : `starts anew: ${anew.join(', ')}`,
  ])
  return [
    ...table(rows, [], '  '),
    ...(left > 0
      ? [`A reset was cut: ${left} instances are noted as still to be made anew, and it goes on with those.`]
      : []),
  ].join('\n')
}
