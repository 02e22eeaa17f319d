// Decides how `bateau ssh NAME` gets to an instance or a server: from where it can be reached, with the right key.
// Leaves the session to ssh(1), on this process's own streams.
import { foreground } from '../host/spawn.ts'
import { quote } from '../host/quote.ts'
import { sshArgv } from '../host/ssh.ts'
import { sitesOf } from './ascend.ts'
import { exits, type Face } from './face.ts'
import { adoptedInstances, instancesOf } from './asked-cloud.ts'
import { groundOf } from './ground.ts'
import { instanceKeys } from './instance-keys.ts'
import { refuse } from './open-course.ts'
import { session } from './session.ts'
import { openUp, planOf } from './plan-of.ts'
import { homeOf } from './world.ts'

export async function ssh(
  options: { file: string | null; name: string; command: readonly string[] },
  face: Face,
): Promise<number> {
  const opened = openUp(homeOf(process.env), options.file)
  if (!opened.ok) return refuse(face, opened.faults)
  const { course, world, rehearsal } = opened.value
  const ground = groundOf(course, world, rehearsal)
  const server = course.servers.find(({ name, role }) => name === options.name && role === 'cloud')
  const tty = process.stdin.isTTY && options.command.length === 0 ? ['-t'] : []
  if (server)
    return foreground([
      ...sshArgv(ground.reach.target(server.name), world.control, tty),
      ...remote(options.command),
    ])

  let found: [string, ...string[]] | undefined
  const names: string[] = []
  const quiet: Face = { ...face, event: (event) => (event.type === 'fault' ? face.event(event) : undefined) }
  const code = await session('ssh', world, quiet, new AbortController().signal, async (run) => {
    const plan = planOf(course, rehearsal)
    const asked = [
      ...(await sitesOf(plan, ground)).map(
        (site) => () => instancesOf(run, plan, ground, site, { pin: true }),
      ),
      ...plan.clouds.map((cloud) => () => adoptedInstances(run, plan, cloud, { pin: true })),
    ]
    for (const instances of asked)
      for (const instance of await instances()) {
        names.push(instance.name)
        if (instance.name !== options.name) continue
        const target = {
          name: instance.name,
          address: String(instance.address),
          user: instance.user,
          port: 22,
          ...(instance.identityFile === '' ? {} : { identityFile: instance.identityFile }),
          knownHostsFile: instanceKeys(world),
          trustFirst: true,
          stranger: true,
          ...(ground.outsidePrefix.length > 0 ? { via: ground.outsidePrefix, bare: true } : {}),
        }
        found = sshArgv(target, world.control, tty)
      }
    return exits.done
  })
  if (code !== exits.done) return code
  if (found) return foreground([...found, ...remote(options.command)])
  return refuse(face, [
    {
      code: 'no-such-name',
      title: `there is no server or instance ${options.name}`,
      why: `there are: ${[...course.servers.filter(({ role }) => role === 'cloud').map(({ name }) => name), ...names].join(', ')}`,
      fix: './bateau status shows them with their addresses',
    },
  ])
}

/** ssh joins words with spaces and a shell splits them again: several words are quoted so that they arrive as they are; one is a line for the shell. */
function remote(command: readonly string[]): string[] {
  return command.length > 1 ? [quote(command)] : [...command]
}
