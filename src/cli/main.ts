// Decides how the process begins and ends: streams that close early, bugs, the exit code.
// Leaves everything else to program.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bug } from './exit.ts'
import { run } from './program.ts'
import { terminalOf } from './terminal.ts'
import { typed } from './usage.ts'

/** A reader that has seen enough (`| head`) is no trouble: stop quietly, as other filters do. */
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })

const home = join(dirname(fileURLToPath(import.meta.url)), '../..')
const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string }
const words = process.argv.slice(2)

try {
  process.exitCode = await run(words, {
    terminal: terminalOf(process, home),
    deeds: () => import('../deploy/voyage.ts'),
    version,
    again: typed(words),
  })
} catch (error) {
  process.exitCode = bug
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(
    `bateau: this is a bug in bateau, not in what you did.\n${stack}\n   Type again: ${typed(words)}\n`,
  )
}
