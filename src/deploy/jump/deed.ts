// Decides how a deed of the jump host's program is asked for outside of the steps, and what its failure is called.
// Leaves the deeds to jump/program.
import { type Fault, Trouble } from '../../core/fault.ts'
import type { Shell } from '../../core/shell.ts'
import { jumpPaths } from '../../jump/input.ts'
import { jumpFaults } from '../../jump/program.ts'

/** Milliseconds. Ending the accounts of a large class takes the longest. */
const patience = 300_000

/** Throws Trouble: one of the program's faults, or `jump-deed-failed`. */
export async function deed(shell: Shell, ...words: string[]): Promise<void> {
  const ran = await shell.run([jumpPaths.program, ...words], { timeout: patience })
  if (ran.code === 0) return
  const code = /^==fault (\S+)$/m.exec(ran.stdout)?.[1]
  const seen = /^==seen (.*)$/m.exec(ran.stdout)?.[1]
  const known = jumpFaults.find((one) => one.code === code)
  throw new Trouble({
    ...(known ? { ...known, why: seen ? `${known.why}\n${seen}` : known.why } : unknown(words, ran.stderr)),
    host: shell.name,
  })
}

const unknown = (words: readonly string[], stderr: string): Fault => ({
  code: 'jump-deed-failed',
  title: `the jump host did not ${words[0] ?? 'answer'}`,
  why: stderr.trim().split('\n').at(-1) || 'it said nothing',
  fix: 'run the same command again',
})
