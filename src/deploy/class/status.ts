// Decides what `bateau class status` says: who has what, where, since when, and whether it can be reached.
// Leaves making it so to up and the other commands of the class.
import { setTimeout as pause } from 'node:timers/promises'
import pLimit from 'p-limit'
import type { Verdict } from '../../core/verdict.ts'
import { tryTcp } from '../../check/tcp.ts'
import { addressesOf } from '../../classroom/day/settle.ts'
import { Estate } from '../../classroom/day/estate.ts'
import { frozenTag, isStarter, keptUntil } from '../../classroom/day/tags.ts'
import type { Seat } from '../../classroom/seats.ts'
import type { Server } from '../../cloud/compute.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import type { Ground } from '../ground.ts'
import { type DayCloud, withDay } from './day.ts'
import type { InstanceRow, SeatRow } from './status-row.ts'
import { statusText } from './status-text.ts'

export type StatusOptions = {
  file: string | null
  group: string | null
  student: string | null
  /** Seconds between looks, until Ctrl-C; null: once. */
  watch: number | null
}

/** Attempts at a time, each at most a few seconds. */
const knocks = 16
const ssh = 22

export async function classStatus(
  options: StatusOptions,
  face: Face,
  signal: AbortSignal,
): Promise<ExitCode> {
  if (options.watch === null) return once(options, face, signal)
  for (;;) {
    const code = await once(options, face, signal)
    if (code === exits.usage || code === exits.interrupted) return code
    await pause(options.watch * 1000, undefined, { signal }).catch(() => {})
    if (signal.aborted) return exits.done
  }
}

function once(options: StatusOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  const who = [options.group, options.student].filter((one) => one !== null)
  return withDay(
    'class status',
    { file: options.file, who, reads: true },
    face,
    signal,
    async ({ run, ground }, clouds) => {
      const rows = (await Promise.all(clouds.map((cloud) => rowsOf(cloud, ground)))).flat()
      const at = new Date().toISOString()
      const text = statusText(rows, Date.parse(at))
      run.emit({ type: 'report', kind: 'class-status', text, data: { at, students: rows } })
      return exits.done
    },
  )
}

async function rowsOf(cloud: DayCloud, ground: Ground): Promise<SeatRow[]> {
  const estate = new Estate(cloud.roll)
  const images = new Map((await estate.images.read()).map(({ id, name }) => [id, name ?? id]))
  const limit = pLimit(knocks)
  const knock = (server: Server) => limit(() => reachable(server, ground))
  return Promise.all(cloud.seats.map((seat) => rowOf(cloud, estate, seat, images, knock)))
}

async function rowOf(
  { name: cloud, roll, input }: DayCloud,
  estate: Estate,
  seat: Seat,
  images: ReadonlyMap<string, string>,
  knock: (server: Server) => Promise<Verdict | null>,
): Promise<SeatRow> {
  const project = await roll.project(seat)
  const own = async (kind: 'networks' | 'routers') =>
    project ? (await estate.of(kind, project.id)).map((one) => one.name || one.id) : []
  const servers = project ? await roll.serversOf(seat) : []
  const { volume } = await roll.cloud()
  const [students, instances, networks, routers, volumes] = await Promise.all([
    Promise.all(
      seat.members.map(async ({ login }) => ({ login, open: (await roll.user(login))?.enabled ?? null })),
    ),
    Promise.all(
      servers.map(async (server): Promise<InstanceRow> => ({
        id: server.id,
        name: server.name,
        state: [server.status, server['OS-EXT-STS:task_state']].filter(Boolean).join(', '),
        starter: isStarter(input.course, server),
        image: typeof server.image === 'object' ? (images.get(server.image.id) ?? server.image.id) : null,
        flavor: server.flavor?.original_name ?? null,
        addresses: addressesOf(server).map(String),
        since: utc(server['OS-SRV-USG:launched_at']) ?? server.created ?? null,
        changed: server.updated ?? null,
        reachable: await knock(server),
      })),
    ),
    own('networks'),
    own('routers'),
    project && volume
      ? volume.volumes(project.id).then((all) => all.map(({ id, name: called }) => called || id))
      : [],
  ])
  return {
    cloud,
    group: seat.group,
    seat: seat.name,
    students,
    enrolled: project !== undefined,
    frozen: project?.tags.includes(frozenTag) ?? false,
    kept: (project && keptUntil(project)) ?? null,
    instances,
    networks,
    routers,
    volumes,
  }
}

async function reachable(server: Server, ground: Ground): Promise<Verdict | null> {
  const [address] = addressesOf(server)
  if (server.status !== 'ACTIVE' || address === undefined) return null
  return (await tryTcp(ground.reach.outside, address, ssh)).verdict
}

/** Nova leaves the zone out, and means UTC. */
const utc = (text: string | null | undefined) => (text ? `${text.slice(0, 19)}Z` : undefined)
