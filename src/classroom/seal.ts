// Decides when what cannot be listed of a seat (quotas of Nova and Cinder, key pairs, application credentials) is taken to be
// as it was set: when the project's description carries the seal of just that wish. See docs/decisions/010.
// Leaves what is wished to the parts, and the form of the description to seat-mark.
import { accountNames, findProject } from './account-parts.ts'
import { sure } from './network-parts.ts'
import { type Part, put } from './parts.ts'
import { projectText, sealed, sealIn, sealOf } from './seat-mark.ts'
import type { Seat } from './seats.ts'
import type { People, Survey } from './survey.ts'

export type Seal = {
  value(): Promise<string>
  /** The project carries it, and nobody asked for a deep look. */
  holds(state: People): Promise<boolean>
}

export function sealFor(course: string, survey: Survey, seat: Seat, wish: () => Promise<unknown>): Seal {
  const value = async () => sealOf(await wish())
  return {
    value,
    async holds({ projects }) {
      if (survey.deep) return false
      return sealIn(findProject(course, seat.name, projects)?.description) === (await value())
    },
  }
}

/** Set last, when everything else is there. */
export function sealPart(course: string, seat: Seat, seal: Seal): Part<People> {
  const project = (state: People) => findProject(course, seat.name, state.projects)
  const description = async () => sealed(projectText(course, seat), await seal.value())
  return {
    name: 'seal',
    there: async (state) => project(state)?.description === (await description()),
    async make(cloud, now) {
      const { id } = sure(project(now), accountNames.project(course, seat))
      const changed = await cloud.identity.describeProject(id, await description())
      return (state) => put(state.projects, changed)
    },
  }
}
