// Decides what `bateau adopt` does: a local.conf in, a course file's stanza out.
// Leaves reading the file to lint, and the stanza to engine/devstack.
import { good, type Outcome } from '../core/fault.ts'
import { nearest } from '../course/suggest.ts'
import { adopt } from '../engine/devstack/adopt.ts'
import { givenOf } from '../engine/devstack/lint/given.ts'
import { newestStable, type Release } from '../engine/devstack/release.ts'
import { readConf } from './lint.ts'

/** Without a release: the newest that course files take. Faults: those of reading a file. */
export function adoptFile(options: {
  file: string
  named: string
  release?: Release | undefined
}): Outcome<string> {
  const conf = readConf(options.file, options.named)
  if (!conf.ok) return conf
  return good(adopt(givenOf(conf.value, { release: options.release ?? newestStable, nearest })))
}
