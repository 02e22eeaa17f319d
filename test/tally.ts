// Decides how the results of one vitest run are counted for test/all: one line `passed failed skipped`, then a line for each failure.
// Leaves showing them to vitest's own reporters.
import { writeFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import type { Reporter, TestModule } from 'vitest/node'

/** Characters of the message of the first failure, of which the others are often only what follows, and of theirs. */
const most = { first: 800, other: 120 }

export class Tally implements Reporter {
  readonly #path: string
  constructor(path: string) {
    this.#path = path
  }

  /** A file or suite that could not run counts as one failure, and so does an error that no test caught. */
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const tally = { passed: 0, failed: 0, skipped: 0 }
    const failures: string[] = []
    const fails = (name: string, errors: readonly { message?: unknown }[]) => {
      tally.failed++
      const limit = failures.length === 0 ? most.first : most.other
      failures.push(`${name}: ${inOneLine(errors, limit)}`)
    }
    for (const error of unhandled) fails('caught by no test', [error as { message?: unknown }])
    for (const module of modules) {
      const { relativeModuleId: file } = module
      if (module.errors().length > 0) fails(file, module.errors())
      for (const suite of module.children.allSuites())
        if (suite.errors().length > 0) fails(`${file} > ${suite.fullName}`, suite.errors())
      for (const test of module.children.allTests()) {
        const { state, errors = [] } = test.result()
        if (state === 'failed' || state === 'pending') fails(`${file} > ${test.fullName}`, errors)
        else tally[state]++
      }
    }
    const counts = `${tally.passed} ${tally.failed} ${tally.skipped}`
    writeFileSync(this.#path, `${[counts, ...failures].join('\n')}\n`)
  }
}

/** As much of the messages as a summary bears. */
function inOneLine(errors: readonly { message?: unknown }[], limit: number): string {
  const line = errors
    .map(({ message }) => (typeof message === 'string' ? message : 'without a message'))
    .map((message) => stripVTControlCharacters(message).replaceAll(/\s+/g, ' ').trim())
    .join('; ')
  return line.length > limit ? `${line.slice(0, limit)}…` : line
}
