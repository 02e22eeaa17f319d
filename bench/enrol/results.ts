// Decides what is kept of measured runs, so that one page shows what several runs of the bench measured.
// Leaves how it reads to page.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Shape } from './class.ts'
import type { Measured } from './run.ts'

export type Steps = {
  /** With nobody on the roster, the first and the second time; null where the whole class was measured. */
  common: Measured | null
  idle: Measured | null
  first: Measured
  again: Measured
  added: Measured
  /** Null: it was cut before its end. */
  removed: Measured | null
}

export type Row = {
  shape: Shape
  /** Of the class. */
  students: number
  contestant: string
  version: string
  /** Students that were really enrolled. */
  measured: number
  machine: { cores: number; words: string; day: string }
  steps: Steps
}

export function kept(file: string): Row[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Row[]) : []
}

/** In the place of what was measured of the same before. */
export function put(file: string, row: Row): void {
  const same = (one: Row) =>
    one.shape === row.shape && one.students === row.students && one.contestant === row.contestant
  writeFileSync(file, `${JSON.stringify([...kept(file).filter((one) => !same(one)), row], rounded, 1)}\n`)
}

const rounded = (_: string, value: unknown): unknown =>
  typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value
