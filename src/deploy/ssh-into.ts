// Decides how `bateau ssh NAME` gets to an instance or a server: from where it can be reached, with the right key.
// Leaves the session to ssh(1), on this process's own streams.
import type { ProofInstance } from '../check/proof-input.ts'
import type { Fault } from '../core/fault.ts'
import { foreground } from '../host/spawn.ts'
import { quote } from '../host/quote.ts'
import { sshArgv } from '../host/ssh.ts'
import { sitesOf } from './ascend.ts'
import { exits, type Face } from './face.ts'
import { adoptedInstances, instancesOf } from './asked-cloud.ts'
import { groundOf } from './ground.ts'
import { meant } from './instance-name.ts'
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

  const instances: ProofInstance[] = []
  const quiet: Face = { ...face, event: (event) => (event.type === 'fault' ? face.event(event) : undefined) }
  const code = await session('ssh', world, quiet, new AbortController().signal, async (run) => {
    const plan = planOf(course, rehearsal)
    for (const site of await sitesOf(plan, ground))
      instances.push(...(await instancesOf(run, plan, ground, site, { pin: true })))
    for (const cloud of plan.clouds)
      instances.push(...(await adoptedInstances(run, plan, cloud, { pin: true })))
    return exits.done
  })
  if (code !== exits.done) return code
  const all = meant(instances, options.name)
  const [found] = all
  if (found === undefined || all.length > 1) {
    const servers = course.servers.filter(({ role }) => role === 'cloud')
    return refuse(face, [notOne(options.name, all, [...servers, ...instances])])
  }
  const target = {
    name: found.name,
    address: String(found.address),
    user: found.user,
    port: 22,
    ...(found.identityFile === '' ? {} : { identityFile: found.identityFile }),
    knownHostsFile: instanceKeys(world),
    trustFirst: true,
    stranger: true,
    ...(ground.outsidePrefix.length > 0 ? { via: ground.outsidePrefix, bare: true } : {}),
  }
  return foreground([...sshArgv(target, world.control, tty), ...remote(options.command)])
}

type Named = { name: string }

function notOne(name: string, found: readonly Named[], all: readonly Named[]): Fault {
  const listed = (ones: readonly Named[]) => ones.map((one) => one.name).join(', ')
  if (found.length > 1)
    return {
      code: 'which-name',
      title: `there are ${found.length} instances ${name}`,
      why: `each cloud has its own: ${listed(found)}`,
      fix: `./bateau ssh ${found[0]?.name ?? name}`,
    }
  return {
    code: 'no-such-name',
    title: `there is no server or instance ${name}`,
    why: `there are: ${listed(all)}`,
    fix: './bateau status shows them with their addresses',
  }
}

/** ssh joins words with spaces and a shell splits them again: several words are quoted so that they arrive as they are; one is a line for the shell. */
function remote(command: readonly string[]): string[] {
  return command.length > 1 ? [quote(command)] : [...command]
}
