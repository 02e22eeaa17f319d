// Decides which meta-sections DevStack reads, and when.
// Leaves finding them in a file to read.
import type { Meta } from './statement.ts'

/** Phases of stack.sh (merge_config_group), in order; `local` is the one that is shell. */
export const phases = ['local', 'post-config', 'extra', 'post-extra', 'test-config'] as const

export const isPhase = (phase: string): boolean => phases.some((one) => one === phase)

/** Sourced by DevStack as shell; other meta-sections are settings of a configuration file. */
export const isShell = (meta: Meta): boolean => meta?.phase === 'local' && meta.file === 'localrc'
