// Decides what `bateau class jump` does: makes or refreshes the jump host alone, shows what it would, or takes it away.
// Leaves the steps to jump/, and going on to the cloud's instances to whoever has an account.
import type { Fault } from '../../core/fault.ts'
import { Trouble } from '../../core/fault.ts'
import type { Task } from '../../core/task.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import { groundOf } from '../ground.ts'
import { jumpPlace, type JumpPlace } from '../jump/place.ts'
import { reachedIn } from '../jump/reached.ts'
import { removeTask } from '../jump/remove.ts'
import { type JumpPlan, planJump } from '../jump/tasks.ts'
import { type Opened, refuse } from '../open-course.ts'
import { openUp, planOf } from '../plan-of.ts'
import { session, type Session } from '../session.ts'
import { homeOf } from '../world.ts'
import { type ClassOptions, withClass } from './open-class.ts'

export type JumpOptions = ClassOptions & {
  /** Take it away. */
  remove: boolean
  /** Say what differs, and change nothing on the server. */
  dryRun: boolean
}

export async function classJump(options: JumpOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  const opened = openUp(homeOf(process.env), options.file)
  if (!opened.ok) return refuse(face, opened.faults)
  const { course, world, rehearsal } = opened.value
  const place = jumpPlace(course)
  if (place === null) return refuse(face, [noJump(course.source.file)])
  if (options.remove) return removeJump(opened.value, place, options, face, signal)
  // Where the instances of clouds are that bateau did not lay out, only they know.
  if (course.clouds.length > 0)
    return withClass('class jump', options, face, signal, async ({ run, plan, ground, clouds, away }) => {
      if (away.length > 0) throw new Trouble(cloudsAway(away.map(({ name }) => name)))
      const adopted = await Promise.all(
        clouds.filter(({ site }) => site === null).map(({ input, deps }) => reachedIn(input, deps)),
      )
      return carryOut(run, await planJump(run, plan, ground, place, { surroundings: true, adopted }), options)
    })
  return session('class jump', world, face, signal, async (run) => {
    const ground = groundOf(course, world, rehearsal)
    const plan = planOf(course, rehearsal)
    return carryOut(run, await planJump(run, plan, ground, place, { surroundings: true }), options)
  })
}

async function carryOut(run: Session, planned: JumpPlan, { dryRun }: JumpOptions): Promise<ExitCode> {
  const { input, address, place, tasks } = planned
  const without = input.travellers.filter(({ key }) => key === null).map(({ login }) => login)
  const differs = dryRun ? await differing(tasks) : []
  if (!dryRun) await run.phase('jump', `The jump host on ${place.server.name}`, tasks)
  run.emit({
    type: 'report',
    kind: 'class-jump',
    text: [
      ...(dryRun ? dryText(differs) : []),
      `  ${place.server.name}  ${input.travellers.length - 1} students and teachers, TCP ${input.ports.join(', ')} of ${input.reached.prefixes.join(', ') || 'nothing'}`,
      ...(without.length > 0
        ? [
            `  no key is known of ${without.join(', ')}: they have an account and cannot use it; run \`bateau up\` first`,
          ]
        : []),
      `  ssh -J LOGIN@${address.includes(':') ? `[${address}]` : address}:${input.port} USER@INSTANCE`,
    ].join('\n'),
    data: {
      schema_version: 1,
      server: place.server.name,
      host: address,
      port: input.port,
      ports: input.ports,
      prefixes: input.reached.prefixes.map(String),
      accounts: input.travellers.map(({ login }) => login),
      without_key: without,
      ...(dryRun ? { would: differs } : {}),
    },
  })
  return exits.done
}

type Differs = { id: string; title: string; seen: string }

async function differing(tasks: readonly Task[]): Promise<Differs[]> {
  const looks = await Promise.all(tasks.map(async (task) => ({ task, look: await task.look() })))
  return looks
    .filter(({ look }) => !look.done)
    .map(({ task: { id, title }, look: { seen } }) => ({ id, title, seen }))
}

const dryText = (differs: readonly Differs[]) =>
  differs.length === 0
    ? ['  nothing to do']
    : differs.map(({ title, seen }) => `  would do  ${title} (${seen})`)

async function removeJump(
  { course, world, rehearsal }: Opened,
  place: JumpPlace,
  { dryRun }: JumpOptions,
  face: Face,
  signal: AbortSignal,
): Promise<ExitCode> {
  const name = place.server.name
  if (
    !dryRun &&
    !(await face.ask(
      `Take the jump host away from ${name}? All sessions through it end, and its accounts go.`,
    ))
  )
    return exits.refused
  return session('class jump', world, face, signal, async (run) => {
    const task = removeTask(name, course.name, groundOf(course, world, rehearsal).reach.shell(name))
    if (dryRun) {
      const { seen } = await task.look()
      run.emit({
        type: 'report',
        kind: 'class-jump',
        text: `  ${name}  ${seen}`,
        data: { schema_version: 1, server: name, would: seen },
      })
      return exits.done
    }
    await run.phase('jump', `The jump host of ${name} goes`, [task])
    return exits.done
  })
}

const noJump = (file: string): Fault => ({
  code: 'no-jump',
  title: 'the course has no jump host',
  why: `${file} names none`,
  fix: 'write jump: {server: NAME}: one of the clouds’ servers, or a small one with role jump',
})

const cloudsAway = (names: readonly string[]): Fault => ({
  code: 'jump-clouds-away',
  title: `${names.join(', ')} cannot be asked where instances are`,
  why: 'without that their students would be shut out; nothing was changed',
  fix: 'run the same command again when they answer: bateau class status',
})
