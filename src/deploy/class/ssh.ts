// Decides how `bateau class ssh STUDENT [INSTANCE]` gets into a student's instance.
// Leaves the session to ssh(1), on this process's own streams.
import { foreground } from '../../host/spawn.ts'
import { quote } from '../../host/quote.ts'
import { sshArgv } from '../../host/ssh.ts'
import { addressesOf } from '../../classroom/day/settle.ts'
import { exits, type Face } from '../face.ts'
import { pinInstanceKeys } from '../instance-keys.ts'
import { refuse } from '../open-course.ts'
import { withDay } from './day.ts'
import { wayInto } from './into.ts'

export type SshOptions = {
  file: string | null
  student: string
  /** Null: the only one, or the first starter. */
  instance: string | null
  user: string | null
  command: readonly string[]
}

export async function ssh(options: SshOptions, face: Face, signal: AbortSignal): Promise<number> {
  const { student, instance, command } = options
  const tty = process.stdin.isTTY && command.length === 0 ? ['-t'] : []
  let found: [string, ...string[]] | string | undefined
  const names: string[] = []
  const quiet: Face = { ...face, event: (event) => (event.type === 'fault' ? face.event(event) : undefined) }
  const code = await withDay(
    'class ssh',
    { file: options.file, who: [student], reads: true },
    quiet,
    signal,
    async (open, clouds) => {
      for (const cloud of clouds)
        for (const seat of cloud.seats)
          for (const server of await cloud.roll.serversOf(seat)) {
            names.push(`${server.name} (${server.status})`)
            if (found !== undefined || (instance !== null && server.name !== instance)) continue
            const target = wayInto(cloud, open.world, open.ground, seat, server, options.user)
            if (typeof target === 'string') {
              if (instance !== null) found = target
              continue
            }
            const [address] = addressesOf(server)
            if (address) await pinInstanceKeys(open.world, cloud.survey, [{ id: server.id, address }])
            found = sshArgv(target, open.world.control, tty)
          }
      return exits.done
    },
  )
  if (code !== exits.done && found === undefined) return code
  if (Array.isArray(found))
    return foreground([...found, ...(command.length > 1 ? [quote(command)] : command)])
  return refuse(face, [
    {
      code: 'no-way-in',
      title: `there is no way into ${instance ?? 'an instance'} of ${student}`,
      why: found ?? (names.length === 0 ? 'there are no instances' : `there are: ${names.join(', ')}`),
      fix: './bateau class status shows what there is; ./bateau class boot starts one that bateau can log in to',
    },
  ])
}
