// Decides which SSH keys a world has: the one root's account accepts, and a host key for each server, pinned beforehand.
// Leaves putting them on the servers to server.
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import type { Task } from '../core/task.ts'
import type { ProviderKeys } from './provider-image.ts'
import type { RehearsalWorld, RehearsedServer } from './world.ts'

export const hostKeyOf = (server: RehearsedServer): string => join(server.directory, 'ssh_host_ed25519_key')

export function keysTask(world: RehearsalWorld, machine: Shell): Task {
  const wanted = [world.identityFile, ...world.servers.map(hostKeyOf)]
  return {
    id: 'rehearsal/keys',
    title: 'SSH keys of the rehearsal',
    because: 'a server is logged in to by key only, and is known by its own key before the first contact',
    lane: 'local',
    after: ['rehearsal/packages'],
    async look() {
      const lacking = await lackingOf(wanted)
      const pinned = await readFile(world.knownHostsFile, 'utf8').catch(() => '')
      if (lacking.length > 0)
        return { done: false, seen: `${lacking.length} of ${wanted.length} keys are not there` }
      return pinned === (await knownHosts(world))
        ? { done: true, seen: `${wanted.length} keys` }
        : { done: false, seen: 'host keys are not pinned' }
    },
    async act() {
      await mkdir(world.directories.state, { recursive: true, mode: 0o700 })
      for (const path of await lackingOf(wanted)) await makeKey(path, machine)
      await writeFile(`${world.knownHostsFile}.new`, await knownHosts(world), { mode: 0o600 })
      await rename(`${world.knownHostsFile}.new`, world.knownHostsFile)
    },
  }
}

/** known_hosts lines of all servers (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export async function knownHosts(world: RehearsalWorld): Promise<string> {
  const lines = await Promise.all(
    world.servers.map(async (server) => {
      const [type = '', key = ''] = (await readFile(`${hostKeyOf(server)}.pub`, 'utf8')).split(' ')
      return `${server.ipv4.address} ${type} ${key}\n`
    }),
  )
  return lines.join('')
}

export async function readKeys(world: RehearsalWorld, server: RehearsedServer): Promise<ProviderKeys> {
  const host = hostKeyOf(server)
  const [authorized, secret, open] = await Promise.all(
    [`${world.identityFile}.pub`, host, `${host}.pub`].map((path) => readFile(path, 'utf8')),
  )
  return { authorized: authorized ?? '', host: { private: secret ?? '', public: open ?? '' } }
}

async function lackingOf(paths: readonly string[]): Promise<string[]> {
  const lacks = await Promise.all(
    paths.map((path) =>
      access(`${path}.pub`)
        .then(() => access(path))
        .then(
          () => false,
          () => true,
        ),
    ),
  )
  return paths.filter((_, i) => lacks[i])
}

/** Made beside its place; the public half is renamed last, so a key with both halves is whole. */
async function makeKey(path: string, machine: Shell): Promise<void> {
  const fresh = `${path}.new`
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await Promise.all([fresh, `${fresh}.pub`].map((old) => rm(old, { force: true })))
  const ran = await machine.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'bateau', '-f', fresh])
  if (ran.code !== 0)
    throw new Trouble({
      code: 'rehearsal-key',
      title: `no SSH key could be made at ${path}`,
      why: ran.stderr.trim(),
      fix: `see that ${dirname(path)} can be written, then run the same command again`,
    })
  await rename(fresh, path)
  await rename(`${fresh}.pub`, `${path}.pub`)
}
