// Decides what a rule between keys of the course file is given: a look at any value, and somewhere to report a fault.
// Leaves the rules to cross and its neighbours.
import type { Path } from './course.ts'

/** The value at a path as YAML gave it; undefined where there is none. */
export type Get = (...path: Path) => unknown
export type Report = (path: Path, code: string, title: string, why: string, fix: string) => void
