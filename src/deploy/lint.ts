// Decides what `bateau lint` and `bateau adopt` do: read the file, judge it, and write the improved one beside it.
// Leaves judging to engine/devstack, and how findings look to the face.
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { bad, type Fault, good, type Outcome } from '../core/fault.ts'
import { openBytes, readUpTo } from '../course/bytes.ts'
import { nearest } from '../course/suggest.ts'
import { fixLocalConf, fixMark } from '../engine/devstack/lint/fix.ts'
import type { Finding } from '../engine/devstack/lint/finding.ts'
import { isHarmless, lintLocalConf } from '../engine/devstack/lint/lint.ts'
import { printLocalConf, readLocalConf } from '../engine/devstack/lint/read.ts'
import type { LocalConf } from '../engine/devstack/lint/statement.ts'
import { extract, type Extract } from '../engine/devstack/names/extract.ts'
import { knownIn } from '../engine/devstack/names/source.ts'
import type { Release } from '../engine/devstack/release.ts'
import { readCheckout } from './devstack-checkout.ts'
import { type ExitCode, exits } from './face.ts'

/** A local.conf of a large deployment has 20 KiB. */
const limit = 256 * 1024

export type LintOptions = {
  /** Path, and as the user wrote it. */
  file: string
  named: string
  release: Release
  /** Top of a DevStack checkout whose names count instead of the recorded ones. */
  devstack?: string | undefined
  fix: boolean
}

export type Linted = {
  conf: LocalConf
  release: Release
  findings: readonly Finding[]
  /** The improved file, where one was written. */
  written: string | null
  exitCode: ExitCode
}

/** Faults: those of reading a file, `not-devstack`, `fix-in-the-way`, `cannot-write`; `quote-unclosed` where it is to be mended. */
export function lintFile(options: LintOptions): Outcome<Linted> {
  const { file, named, release } = options
  const read = readConf(file, named)
  if (!read.ok) return read
  const known = options.devstack === undefined ? good(undefined) : readNames(options.devstack, release)
  if (!known.ok) return known
  const conf = read.value
  const how = { release, nearest, hasLocalrc: isOvershadowed(file), known: known.value }
  const findings = lintLocalConf(conf, how)
  if (options.fix && conf.faults.length > 0) return bad(...conf.faults)
  const text = options.fix ? fixLocalConf(conf, how) : printLocalConf(conf)
  const written = text === printLocalConf(conf) ? good(null) : writeFixed(options, text)
  if (!written.ok) return written
  const exitCode = findings.every(isHarmless) ? exits.done : exits.broken
  return good({ conf, release, findings, written: written.value, exitCode })
}

/** DevStack looks for both names in its own directory. */
const isOvershadowed = (file: string) =>
  basename(file) === 'local.conf' && existsSync(join(dirname(file), 'localrc'))

/** Bytes as they are: line ends and marks are part of what is judged. */
export function readConf(file: string, named: string): Outcome<LocalConf> {
  const bytes = openBytes(file, limit, readUpTo)
  if (!bytes.ok) return bytes
  if (bytes.value.includes(0)) return bad(notText(named))
  return good(readLocalConf(named, new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.value)))
}

function readNames(top: string, release: Release): Outcome<Extract> {
  try {
    const { names, services } = extract(readCheckout(top))
    if (!names.has('HOST_IP')) return bad(notDevstack(top, 'its stackrc reads no HOST_IP'))
    return good({ names, services: new Set([...services, ...knownIn(release).services]) })
  } catch (error) {
    return bad(notDevstack(top, (error as Error).message))
  }
}

/** Beside the original and never over it; readable by those who could read that. */
function writeFixed({ file, named }: LintOptions, text: string): Outcome<string> {
  const path = `${file}.bateau`
  const draft = `${path}.${process.pid}`
  try {
    if (existsSync(path) && !readFileSync(path, 'utf8').startsWith(fixMark))
      return bad(inTheWay(`${named}.bateau`))
    writeFileSync(draft, text, { mode: statSync(file).mode & 0o777, flag: 'wx' })
    renameSync(draft, path)
    return good(`${named}.bateau`)
  } catch (error) {
    rmSync(draft, { force: true })
    return bad({
      code: 'cannot-write',
      title: `${named}.bateau cannot be written`,
      why: (error as Error).message,
      fix: `look at its directory: ls -ld ${dirname(file)}`,
    })
  }
}

const notText = (named: string): Fault => ({
  code: 'binary',
  title: `${named} holds a zero byte: it is not a text file`,
  why: 'a local.conf is text',
  fix: 'give the path of the local.conf itself',
})

const notDevstack = (top: string, why: string): Fault => ({
  code: 'not-devstack',
  title: `${top} is no checkout of DevStack`,
  why,
  fix: 'git clone https://opendev.org/openstack/devstack, and give that directory',
})

const inTheWay = (path: string): Fault => ({
  code: 'fix-in-the-way',
  title: `${path} is there already, and bateau did not write it`,
  why: 'what somebody wrote is not written over',
  fix: `look at it, then: rm ${path}`,
})
