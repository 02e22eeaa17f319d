// Decides how the proof's instances are started and when they count as running, and says their addresses.
// Leaves which they are to proof-plan, and whether they answer to check/.
import { type Fault, Trouble } from '../core/fault.ts'
import { Address } from '../core/prefix.ts'
import type { Progress, Task } from '../core/task.ts'
import type { Server } from '../cloud/compute.ts'
import { once } from '../cloud/once.ts'
import type { Cloud } from '../cloud/open.ts'
import { baseTaskId } from './base.ts'
import { enrolTaskId } from './enrol.ts'
import { keypairOfProof } from './key-parts.ts'
import { proofKeyPath } from './handout.ts'
import {
  type ClassroomDeps,
  type ClassroomInput,
  classNetwork,
  passwordName,
  projectName,
  routerName,
} from './input.ts'
import { ours, tagOf } from './mark.ts'
import { sure } from './network-parts.ts'
import { type Proof, proofsOf } from './proof-plan.ts'
import { seatOf } from './seats.ts'
import { flavorServing, imageServing, networkServing } from './serving.ts'
import type { Survey } from './survey.ts'

/** Without KVM an instance was ACTIVE in 12 to 18 s on two idle cores; a class machine may be busy. */
const activeWithinMilliseconds = 300_000
const pollMilliseconds = 1_000
/** Just after a deployment the scheduler may not know the hypervisor yet. */
const starts = 3
const pauseMilliseconds = 10_000

/** Tasks that start one instance on each network; done means ACTIVE with an address. */
export function proofInstanceTasks(input: ClassroomInput, deps: ClassroomDeps, survey: Survey): Task[] {
  const { site } = input
  return proofsOf(input).map((proof) => ({
    id: `${site}/proof/${proof.name}`,
    title: `Instance ${proof.name}`,
    because: `proves network ${proof.network} from the internet`,
    lane: `cloud:${site}`,
    after: [
      enrolTaskId(site, seatOf(input, proof.login).name),
      baseTaskId.image(site),
      baseTaskId.flavors(site),
      baseTaskId.network(site, proof.network),
      ...(proof.network === classNetwork(proof.group)
        ? [baseTaskId.router(site, routerName(proof.group))]
        : []),
    ],
    async look() {
      const server = find(input.course, proof, await survey.servers.read())
      if (server === undefined) return { done: false, seen: 'no such instance' }
      const [address] = addressesOf(server)
      return server.status === 'ACTIVE' && address
        ? { done: true, seen: `ACTIVE, ${address}` }
        : { done: false, seen: `status ${server.status}` }
    },
    async act(progress) {
      try {
        await start(input, deps, survey, proof, progress)
      } finally {
        survey.servers.forget()
      }
    },
  }))
}

export type ProofInstance = Proof & {
  id: string
  address: Address
  /** Of its port; what its address is made of. Null where Nova does not say. */
  mac: string | null
  /** Private key that opens it. */
  keyFile: string
}

/** The running instances of the proof. Throws Trouble `proof-absent` for one that is not there or has no address. */
export async function proofInstances(input: ClassroomInput, survey: Survey): Promise<ProofInstance[]> {
  const servers = await survey.servers.read()
  return proofsOf(input).map((proof) => {
    const server = find(input.course, proof, servers)
    const [first] = server ? portsOf(server) : []
    if (server === undefined || first === undefined) throw new Trouble(absent(proof))
    return { ...proof, id: server.id, ...first, keyFile: proofKeyPath(input, studentOf(input, proof)) }
  })
}

/** What the instance said on its serial console, last lines. */
export async function proofConsole(survey: Survey, id: string, lines = 100): Promise<string> {
  return (await survey.cloud()).compute.consoleLog(id, lines)
}

const studentOf = (input: ClassroomInput, { login }: Proof) =>
  sure(
    input.groups.flatMap(({ students }) => students).find((one) => one.login === login),
    login,
  )

const find = (course: string, { name }: Proof, all: readonly Server[]) =>
  ours(
    course,
    'server',
    name,
    all.filter((one) => one.tags.includes(tagOf(course))),
  )

const addressesOf = (server: Server): Address[] => portsOf(server).map(({ address }) => address)

/** IPv6 addresses as Neutron wrote them down: for a SLAAC subnet the one that the guest makes of its MAC. */
function portsOf(server: Server): { address: Address; mac: string | null }[] {
  return Object.values(server.addresses)
    .flat()
    .flatMap(({ addr, version, 'OS-EXT-IPS-MAC:mac_addr': mac = null }) => {
      const read = Address.parse(addr)
      return version === 6 && read.ok ? [{ address: read.value, mac }] : []
    })
}

async function start(
  input: ClassroomInput,
  deps: ClassroomDeps,
  survey: Survey,
  proof: Proof,
  progress: Progress,
): Promise<void> {
  const admin = await deps.cloud()
  const look = async () => find(input.course, proof, await admin.compute.servers('all'))
  for (let attempt = 1; ; attempt++) {
    let server = await look()
    if (server?.status === 'ERROR') {
      progress.line('removing the instance that failed')
      await admin.compute.deleteServer(server.id)
      server = await gone(admin, deps, server.id, progress)
    }
    if (server?.status === 'SHUTOFF') await admin.compute.startServer(server.id)
    const id = server?.id ?? (await create(input, deps, survey, proof))
    const ended = await settle(admin, deps, id, progress)
    if (ended.status === 'ACTIVE') return
    if (attempt === starts) throw new Trouble(failed(proof, ended))
    progress.line(`${ended.fault?.message ?? ended.status}; trying again`)
    await deps.clock.wait(pauseMilliseconds, progress.signal)
  }
}

async function create(
  input: ClassroomInput,
  deps: ClassroomDeps,
  survey: Survey,
  proof: Proof,
): Promise<string> {
  const { course } = input
  const student = await deps.cloudAs({
    user: proof.login,
    project: projectName(course, seatOf(input, proof.login).name),
    password: deps.vault.get(passwordName(proof.login)),
  })
  const base = await survey.base.read()
  const wanted = {
    name: proof.name,
    imageId: sure(imageServing(input, base), 'image').id,
    flavorId: sure(flavorServing(input, base, 'proof'), 'flavor').id,
    networkId: sure(networkServing(input, base, proof.network), 'network').id,
    keyName: keypairOfProof(studentOf(input, proof)),
    tags: [tagOf(course)],
  }
  const made = await once<{ id: string }>(
    deps.clock,
    () => student.compute.createServer(wanted),
    async () => find(course, proof, await student.compute.servers('project')),
  )
  return made.id
}

/** Waits until Nova is through with it. */
async function settle(cloud: Cloud, deps: ClassroomDeps, id: string, progress: Progress): Promise<Server> {
  const begun = deps.clock.now()
  for (;;) {
    const server = await cloud.compute.server(id)
    const task = server['OS-EXT-STS:task_state']
    const still =
      server.status === 'BUILD' || server.status === 'REBOOT' || (server.status === 'SHUTOFF' && task)
    const noAddress = server.status === 'ACTIVE' && addressesOf(server).length === 0
    if (!still && !noAddress) return server
    if (deps.clock.now() - begun > activeWithinMilliseconds) return server
    progress.line(`${server.status}${task ? `, ${task}` : ''}`)
    await deps.clock.wait(pollMilliseconds, progress.signal)
  }
}

async function gone(cloud: Cloud, deps: ClassroomDeps, id: string, progress: Progress): Promise<undefined> {
  const begun = deps.clock.now()
  while (deps.clock.now() - begun < activeWithinMilliseconds) {
    if (!(await cloud.compute.servers('all')).some((one) => one.id === id)) return undefined
    await deps.clock.wait(pollMilliseconds, progress.signal)
  }
  return undefined
}

function failed({ name }: Proof, server: Server): Fault {
  return {
    code: 'proof-failed',
    title: `instance ${name} does not start`,
    why:
      server.fault?.message ??
      `it is still ${server.status} after ${activeWithinMilliseconds / 60_000} minutes`,
    fix: 'see what nova-compute logs with: bateau check',
  }
}

function absent({ name }: Proof): Fault {
  return {
    code: 'proof-absent',
    title: `there is no instance ${name} with an address`,
    why: 'the proof looks at one instance on each network',
    fix: 'bateau up starts it again',
  }
}
