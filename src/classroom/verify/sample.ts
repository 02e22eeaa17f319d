// Decides how one sample instance of a group is started as one of its students, and how it is taken away again.
// Leaves reaching it to check/, and finding what a killed run left to sweep.
import { type Fault, Trouble } from '../../core/fault.ts'
import { Address } from '../../core/prefix.ts'
import type { Clock } from '../../cloud/clock.ts'
import type { Server } from '../../cloud/compute.ts'
import { CallFailure } from '../../cloud/failure.ts'
import type { Cloud } from '../../cloud/open.ts'
import { sampleKeypair, sampleName, verifyTag } from './mark.ts'
import type { GroupSample, Verifier } from './plan.ts'
import { goneServers } from './sweep.ts'
import type { Served } from './served.ts'

/** Without KVM an instance was ACTIVE in 12 to 18 s on two idle cores; a class machine may be busy. */
const activeWithinMilliseconds = 300_000
const pollMilliseconds = 1_000

export type Sample = {
  /** Nova's id and name, and who carries it. */
  id: string
  name: string
  carrier: Verifier
  userId: string
  address: Address
}

export type SampleDeps = {
  course: string
  clock: Clock
  /** The cloud as a student. Throws Trouble. */
  as: (verifier: Verifier) => Promise<Cloud>
  publicKey: string
  signal: AbortSignal
  /** Called before anything is made in the account of this user. */
  carries: (userId: string) => void
  /** Called as soon as there is an instance to remove. */
  begun: (sample: Begun) => void
}

export type Begun = Pick<Sample, 'id' | 'name' | 'userId'>

/**
 * Starts it as the first candidate whose quota has room. Throws Trouble: `sample-no-room`, `sample-failed`, and what the
 * cloud refuses. What was begun carries the mark, whatever happens.
 */
export async function bootSample(
  { group, candidates }: GroupSample,
  { image, flavor, networks: [network] }: Served,
  deps: SampleDeps,
): Promise<Sample> {
  if (!image || !flavor || !network) throw new Trouble(lacking(group, { image, flavor, network }))
  const { course, clock, signal } = deps
  const name = sampleName(group)
  const full: string[] = []
  for (const carrier of candidates) {
    signal.throwIfAborted()
    const cloud = await deps.as(carrier)
    deps.carries(cloud.userId)
    try {
      await freshKeypair(cloud, deps.publicKey)
      const { id } = await cloud.compute.createServer({
        name,
        imageId: image.id,
        flavorId: flavor.id,
        networkId: network.id,
        keyName: sampleKeypair,
        tags: [verifyTag(course)],
      })
      deps.begun({ id, name, userId: cloud.userId })
      const server = await settled(cloud, id, clock, signal)
      const address = addressOf(server)
      if (server.status !== 'ACTIVE' || address === undefined) throw new Trouble(failed(name, server))
      return { id, name, carrier, userId: cloud.userId, address }
    } catch (error) {
      if (!(error instanceof CallFailure) || error.fault.code !== 'cloud-quota') throw error
      full.push(carrier.student.login)
      await cloud.compute.deleteKeypair(cloud.userId, sampleKeypair)
    }
  }
  throw new Trouble(noRoom(group, full))
}

/** One that a killed run left has another key. */
async function freshKeypair(cloud: Cloud, publicKey: string): Promise<void> {
  const there = await cloud.compute.keypairs(cloud.userId)
  if (there.some(({ name }) => name === sampleKeypair))
    await cloud.compute.deleteKeypair(cloud.userId, sampleKeypair)
  await cloud.compute.createKeypair(cloud.userId, sampleKeypair, publicKey)
}

async function settled(cloud: Cloud, id: string, clock: Clock, signal: AbortSignal): Promise<Server> {
  const begun = clock.now()
  for (;;) {
    const server = await cloud.compute.server(id)
    const waits = server.status === 'BUILD' || (server.status === 'ACTIVE' && addressOf(server) === undefined)
    if (!waits || clock.now() - begun > activeWithinMilliseconds) return server
    await clock.wait(pollMilliseconds, signal)
  }
}

function addressOf({ addresses }: Server): Address | undefined {
  return Object.values(addresses)
    .flat()
    .flatMap(({ addr, version }) => {
      const read = Address.parse(addr)
      return version === 6 && read.ok ? [read.value] : []
    })[0]
}

/** As the administrator. Gives what could not be removed, for people; null: it is gone. */
export async function removeSample(
  cloud: Cloud,
  clock: Clock,
  { id, name, userId }: Begun,
): Promise<string | null> {
  await cloud.compute.deleteServer(id).catch(unlessGone)
  await cloud.compute.deleteKeypair(userId, sampleKeypair).catch(unlessGone)
  const still = await goneServers(cloud, clock, [id])
  return still.length === 0 ? null : `instance ${name} is still ${still[0]?.status ?? 'there'}`
}

function unlessGone(error: unknown): void {
  if (!(error instanceof CallFailure) || error.status !== 404) throw error
}

function lacking(group: string, things: Readonly<Record<string, unknown>>): Fault {
  const names = Object.keys(things).filter((name) => things[name] === undefined)
  return {
    code: 'sample-lacks',
    title: `no sample instance of group ${group} can be started`,
    why: `the cloud has no ${names.join(', no ')} of this course for it`,
    fix: 'make what is missing: bateau up',
  }
}

function noRoom(group: string, logins: readonly string[]): Fault {
  return {
    code: 'sample-no-room',
    title: `no student of group ${group} has room for a sample instance`,
    why: `the quotas of ${logins.join(', ')} are used up by their own instances`,
    fix: 'verify before the class starts its instances, or raise the quota: class, quota, instances of the course file',
  }
}

function failed(name: string, { status, fault }: Server): Fault {
  return {
    code: 'sample-failed',
    title: `instance ${name} does not start`,
    why: fault?.message ?? `it is ${status} after ${activeWithinMilliseconds / 60_000} minutes at most`,
    fix: 'see what the cloud lacks: bateau check; bateau class status',
  }
}
