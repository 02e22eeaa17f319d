// Decides what `bateau class exec` does: one command on every starter instance that is meant, each answer by itself.
// Leaves the way into an instance to into.
import pLimit from 'p-limit'
import { Trouble } from '../../core/fault.ts'
import { addressesOf } from '../../classroom/day/settle.ts'
import { isStarter } from '../../classroom/day/tags.ts'
import type { Seat } from '../../classroom/seats.ts'
import type { Server } from '../../cloud/compute.ts'
import { timedOut } from '../../host/exit-codes.ts'
import { sshShell } from '../../host/ssh.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import { pinInstanceKeys } from '../instance-keys.ts'
import { type DayCloud, type DayOptions, withDay } from './day.ts'
import { wayInto } from './into.ts'

export type ExecOptions = DayOptions & {
  /** One word is a line for the shell there; several arrive as they are. */
  command: readonly string[]
  /** Only instances of this name; null: every starter instance. */
  instance: string | null
  user: string | null
  /** Seconds for each. */
  timeout: number
}

type Answer = {
  cloud: string
  seat: string
  instance: string
  address: string | null
  /** Null: it did not get there. */
  code: number | null
  stdout: string
  stderr: string
  why: string | null
}

/** Log-ins at a time: each is a process and a handshake here. */
const atOnce = 8
/** A guest that just booted may not listen yet. */
const patienceMilliseconds = 5_000
/** Fewer come so soon that the report alone says it. */
const shownAtOnce = 8
/** Of an answer shown to a person; --json has all. */
const shownLines = 20

export function exec(options: ExecOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return withDay(
    'class exec',
    { ...options, reads: true },
    face,
    signal,
    async ({ run, world, ground }, clouds) => {
      const found = (await Promise.all(clouds.map((cloud) => instancesOf(cloud, options.instance)))).flat()
      for (const cloud of clouds) {
        const here = found.filter((one) => one.cloud === cloud)
        const known = here.flatMap(({ server }) => {
          const [address] = addressesOf(server)
          return server.status === 'ACTIVE' && address ? [{ id: server.id, address }] : []
        })
        await pinInstanceKeys(world, cloud.survey, known)
      }
      const limit = pLimit(atOnce)
      const [first = 'true', ...rest] = options.command
      const argv: [string, ...string[]] = rest.length === 0 ? ['sh', '-c', first] : [first, ...rest]
      const answers = await Promise.all(
        found.map(({ cloud, seat, server }) =>
          limit(async (): Promise<Answer> => {
            const [address] = addressesOf(server)
            const base = { cloud: cloud.name, seat: seat.name, instance: server.name }
            const missed = (why: string): Answer => ({
              ...base,
              address: address ? String(address) : null,
              code: null,
              stdout: '',
              stderr: '',
              why,
            })
            signal.throwIfAborted()
            const target = wayInto(cloud, world, ground, seat, server, options.user)
            const answer = typeof target === 'string' ? missed(target) : await ask(target)
            const line = `${answer.seat} ${answer.instance}: ${answer.why ?? `exit ${answer.code}`}`
            if (found.length > shownAtOnce) run.emit({ type: 'note', text: line })
            return answer

            async function ask(way: Exclude<typeof target, string>): Promise<Answer> {
              try {
                const shell = sshShell(way, world.control)
                const timeout = options.timeout * 1000
                const ran = await shell.run(argv, { timeout, patience: patienceMilliseconds, signal })
                if (ran.code === timedOut) return { ...missed(`no end within ${options.timeout} s`), ...ran }
                return { ...base, address: String(address), ...ran, why: null }
              } catch (error) {
                if (error instanceof Trouble) return missed(error.fault.why || error.fault.title)
                throw error
              }
            }
          }),
        ),
      )
      run.emit({ type: 'report', kind: 'class-exec', text: text(answers), data: { answers } })
      if (answers.some(({ code }) => code === null)) return exits.unchecked
      return answers.every(({ code }) => code === 0) ? exits.done : exits.broken
    },
  )
}

async function instancesOf(
  cloud: DayCloud,
  name: string | null,
): Promise<{ cloud: DayCloud; seat: Seat; server: Server }[]> {
  const found = await Promise.all(
    cloud.seats.map(async (seat) =>
      (await cloud.roll.serversOf(seat))
        .filter((one) => (name === null ? isStarter(cloud.input.course, one) : one.name === name))
        .map((server) => ({ cloud, seat, server })),
    ),
  )
  return found.flat()
}

function text(answers: readonly Answer[]): string {
  if (answers.length === 0) return 'no starter instances: ./bateau class boot starts some'
  const failed = answers.filter(({ code }) => code !== null && code !== 0).length
  const missed = answers.filter(({ code }) => code === null).length
  return [
    ...answers.flatMap((one) => {
      const said = `${one.stdout}${one.stderr}`.split('\n').filter((line) => line !== '')
      const shown = said.slice(0, shownLines).map((line) => `    ${line}`)
      const more = said.length > shownLines ? [`    … ${said.length - shownLines} lines more: --json`] : []
      return [`${one.seat} ${one.instance}: ${one.why ?? `exit ${one.code}`}`, ...shown, ...more]
    }),
    `${answers.length - failed - missed} of ${answers.length} ended with 0, ${failed} with another code, ${missed} not reached`,
  ].join('\n')
}
