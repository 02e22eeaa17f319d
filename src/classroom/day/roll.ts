// Decides what a deed of the teaching day sees of one cloud: each list read once, when first asked for, and kept true.
// Leaves what is made of it to the deeds.
import { Trouble } from '../../core/fault.ts'
import type { Server } from '../../cloud/compute.ts'
import type { Image } from '../../cloud/image.ts'
import type { Project, User } from '../../cloud/identity.ts'
import type { Cloud } from '../../cloud/open.ts'
import { findProject, findUser } from '../account-parts.ts'
import type { ClassroomInput } from '../input.ts'
import { isMarked } from '../mark.ts'
import { type Seat, seatsOf } from '../seats.ts'
import { put } from '../parts.ts'
import { Held } from '../survey.ts'

export class Roll {
  readonly input: ClassroomInput
  readonly cloud: () => Promise<Cloud>
  readonly projects: Held<Project[]>
  readonly users: Held<User[]>
  readonly servers: Held<Server[]>

  constructor(input: ClassroomInput, cloud: () => Promise<Cloud>) {
    this.input = input
    this.cloud = cloud
    this.projects = new Held(async () => (await cloud()).identity.projects())
    this.users = new Held(async () => (await cloud()).identity.users())
    this.servers = new Held(async () => (await cloud()).compute.servers('all'))
  }

  seats(): Seat[] {
    return seatsOf(this.input)
  }

  /** The seat's project, or undefined before it is enrolled. Throws Trouble `cloud-foreign`. */
  async project({ name }: Pick<Seat, 'name'>): Promise<Project | undefined> {
    return findProject(this.input.course, name, await this.projects.read())
  }
  /** Throws Trouble `not-enrolled`. */
  async enrolled(seat: Pick<Seat, 'name'>): Promise<Project> {
    const found = await this.project(seat)
    if (found !== undefined) return found
    throw new Trouble({
      code: 'not-enrolled',
      title: `${seat.name} has no project in the cloud of ${this.input.site}`,
      why: 'it is on the roster, and not enrolled',
      fix: 'enrol the class first: bateau up, with the course file',
    })
  }
  async user(login: string): Promise<User | undefined> {
    return findUser(this.input.course, login, await this.users.read())
  }
  /** Instances in the seat's project, whoever started them; by name. */
  async serversOf(seat: Pick<Seat, 'name'>): Promise<Server[]> {
    const project = await this.project(seat)
    const all = await this.servers.read()
    return all
      .filter(({ tenant_id: of }) => of === project?.id)
      .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  }

  /**
   * Images that no student can have made: who makes one gives it any name, mark and property, those of the course's images
   * and of a teacher's snapshots among them.
   */
  async images(): Promise<Image[]> {
    const [{ image }, projects] = await Promise.all([this.cloud(), this.projects.read()])
    const seats = new Set(projects.filter((one) => isMarked(this.input.course, one)).map(({ id }) => id))
    return (await image.images()).filter(({ owner }) => typeof owner !== 'string' || !seats.has(owner))
  }

  /** Asks again about one instance and remembers the answer; undefined when it is gone. */
  async again(id: string): Promise<Server | undefined> {
    const server = await (await this.cloud()).compute.server(id).catch(absent)
    const all = await this.servers.read()
    if (server !== undefined) put(all, server)
    else if (all.some((one) => one.id === id))
      all.splice(
        all.findIndex((one) => one.id === id),
        1,
      )
    return server
  }
  async hasTag(seat: Pick<Seat, 'name'>, tag: string): Promise<boolean> {
    return (await this.project(seat))?.tags.includes(tag) === true
  }
  /** Puts a tag on the seat's project, or takes it off, there and here. */
  async setTag(seat: Pick<Seat, 'name'>, tag: string, on: boolean): Promise<void> {
    const project = await this.enrolled(seat)
    if (project.tags.includes(tag) === on) return
    const { access } = await this.cloud()
    if (on) await access.tagProject(project.id, tag)
    else await access.untagProject(project.id, tag).catch(absent)
    const tags = on ? [...project.tags, tag] : project.tags.filter((one) => one !== tag)
    put(await this.projects.read(), { ...project, tags })
  }
}

/** What is not there any more needs no more taking away. */
export function absent(error: unknown): undefined {
  if (error instanceof Trouble && error.fault.code === 'cloud-not-found') return undefined
  throw error
}
