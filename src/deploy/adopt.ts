// Decides what `bateau adopt` does: a local.conf in, a course file's stanza out.
// Leaves reading the file to lint, and the stanza to engine/devstack.
import { good, type Outcome } from '../core/fault.ts'
import { courseJsonSchema } from '../course/schema.ts'
import { nearest } from '../course/suggest.ts'
import { adopt } from '../engine/devstack/adopt.ts'
import { givenOf } from '../engine/devstack/lint/given.ts'
import { newestStable, type Release, releases } from '../engine/devstack/release.ts'
import { readConf } from './lint.ts'

/** Without a release: the newest that course files take. Faults: those of reading a file. */
export function adoptFile(options: {
  file: string
  named: string
  release?: Release | undefined
}): Outcome<string> {
  const conf = readConf(options.file, options.named)
  if (!conf.ok) return conf
  const taken = takenReleases()
  const release = options.release ?? releases.findLast((one) => taken.includes(one)) ?? newestStable
  const given = givenOf(conf.value, { release, nearest })
  return good(adopt({ given, taken }))
}

/** What the schema of the course file lists, so that the two never differ. */
function takenReleases(): readonly string[] {
  const { properties } = courseJsonSchema() as {
    properties: { engine: { properties: { release: { enum: readonly string[] } } } }
  }
  return properties.engine.properties.release.enum
}
