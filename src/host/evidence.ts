// Decides what is fetched of a failure: the ends of a command's own logs.
// Leaves which logs to the command, and to the caller where they are put and that no secret is in them.
import { basename } from 'node:path'
import type { Shell } from '../core/shell.ts'

/** Puts a text, after taking every secret of the course out of it, where a person finds it, and says where that is. */
export type Keep = (host: string, name: string, text: string) => string

/** Bytes of each file: the whole log of a failed stack.sh is rarely more, and a person reads its end. */
const most = 4 * 1024 * 1024

/** Where the files were put. One that cannot be read is left out: the failure itself is what matters. */
export async function fetchEvidence(shell: Shell, paths: readonly string[], keep: Keep): Promise<string[]> {
  const kept: string[] = []
  for (const path of paths) {
    const ran = await shell.run(['tail', '-c', String(most), path], { timeout: 60_000 })
    if (ran.code !== 0 || ran.stdout === '') continue
    kept.push(keep(shell.name, basename(path), ran.stdout))
  }
  return kept
}
