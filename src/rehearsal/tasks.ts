// Decides what bringing up a rehearsal consists of, in tasks that each look before they act.
// Leaves order and concurrency to run/, and what is deployed on the servers to the rooms above.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Shell } from '../core/shell.ts'
import type { Task } from '../core/task.ts'
import { type AptMirror, readMirror } from './apt-mirror.ts'
import { edgeTask } from './edge.ts'
import { baseTask, edgeLayerTask } from './image-cache.ts'
import { keysTask } from './keys.ts'
import { mirrorTask } from './mirror.ts'
import { packagesTask } from './packages.ts'
import { readPythonSource, trustedFiles } from './python-source.ts'
import { diskTask, powerTask } from './server.ts'
import type { RehearsalWorld } from './world.ts'

export type RehearsalDeps = {
  /** This machine, as root. */
  machine: Shell
  /** Directory of the compiled daemons; needed when bateau runs from its sources, as tests do. */
  programs?: string
  /** Environment that may name apt's proxy, and pip's index. */
  env?: NodeJS.ProcessEnv
  /** Debian packages that this machine needs for what comes after the servers. */
  packages?: readonly string[]
}

/** Ids: rehearsal/packages, …/keys, …/image/RELEASE, …/image/edge, …/edge, …/mirror, and …/SERVER/{disk,power}. */
export function rehearsalTasks(world: RehearsalWorld, deps: RehearsalDeps): Task[] {
  const { machine } = deps
  let read: Promise<AptMirror> | undefined
  const mirror = () => (read ??= readMirror(machine, deps.env, world.mirror))
  const programs = deps.programs ?? dirname(fileURLToPath(import.meta.url))
  const images = { machine, mirror, nice: true }
  const releases = new Set(['trixie' as const, ...world.servers.map(({ release }) => release)])
  return [
    packagesTask(machine, deps.packages),
    keysTask(world, machine),
    ...[...releases].map((release) => baseTask(world, release, images)),
    edgeLayerTask(world, images),
    edgeTask(world, machine),
    mirrorTask(world, {
      machine,
      mirror,
      python: () => readPythonSource(deps.env),
      trust: () => trustedFiles(deps.env),
      programs,
    }),
    ...world.servers.flatMap((server) => [
      diskTask(world, server, { machine, mirror }),
      powerTask(world, server, { machine, mirror }),
    ]),
  ]
}
