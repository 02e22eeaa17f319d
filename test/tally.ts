// Decides how the results of one vitest run are counted for test/all: one line `passed failed skipped`.
// Leaves showing them to vitest's own reporters.
import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

export class Tally implements Reporter {
  readonly #path: string
  constructor(path: string) {
    this.#path = path
  }

  /** A file or suite that could not run counts as one failure, and so does an error that no test caught. */
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const tally = { passed: 0, failed: unhandled.length, skipped: 0 }
    for (const module of modules) {
      if (module.errors().length > 0) tally.failed++
      for (const suite of module.children.allSuites()) if (suite.errors().length > 0) tally.failed++
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        tally[state === 'pending' ? 'failed' : state]++
      }
    }
    writeFileSync(this.#path, `${tally.passed} ${tally.failed} ${tally.skipped}\n`)
  }
}
