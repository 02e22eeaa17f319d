// Decides what is said of a trouble once, for every place that finds it: what, why, what to do, and what explains it.
// Leaves which look shows it to expect/, and the list of all to catalogue.
import type { Site } from '../../core/site.ts'
import type { TroubleCode } from './code.ts'

export type TroubleKind = {
  /** "eno1 has no carrier". */
  title(site: Site): string
  /** Why it matters, and what usually causes it. */
  why(site: Site): string
  /** What a person does or types when no repair helps. */
  fix(site: Site): string
  /** Troubles of the same server that explain this one: where one of them stands, this one only follows. */
  under: readonly TroubleCode[]
}

/** Without these nothing else of the uplink works. */
export const linkTroubles = ['link-down', 'link-no-carrier'] as const

/** Name of the uplink, which every second sentence needs. */
export const uplinkOf = (site: Site): string => site.facts.uplink.name
/** Where a person types: `on os1: …`. */
export const onHost = (site: Site, what: string): string => `on ${site.name}: ${what}`
