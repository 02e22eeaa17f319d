// Decides how the class is verified as its students: clouds beside each other, leftovers first and last, one report.
// Leaves what is looked at to classroom/verify, running it to check/, and a sample instance's life to verify-sample.
import { setMaxListeners } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import pLimit from 'p-limit'
import { Trouble } from '../../core/fault.ts'
import { exitCode, findings } from '../../check/judge.ts'
import { type Probe, runProbes } from '../../check/probe.ts'
import { reportJson } from '../../check/report.ts'
import type { CheckResult } from '../../check/result.ts'
import type { Cloud } from '../../cloud/open.ts'
import { findUser } from '../../classroom/account-parts.ts'
import { type Decoy, makeDecoy } from '../../classroom/verify/decoy.ts'
import {
  type DecoyMade,
  Logins,
  type Looking,
  studentsLooks,
  wallLooks,
} from '../../classroom/verify/looks.ts'
import { decoyPassword } from '../../classroom/verify/mark.ts'
import { samplesOf, unknownNames, verifiersOf, type Wish } from '../../classroom/verify/plan.ts'
import { servedTo } from '../../classroom/verify/served.ts'
import { sweep, type Swept } from '../../classroom/verify/sweep.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import { tell } from '../prove.ts'
import { Stop } from '../session.ts'
import { type ClassCloud, type ClassOptions, type OpenClass, withClass } from './open-class.ts'
import { sampleProbes, startSample } from './verify-sample.ts'
import { type SampleWays, sampleWays } from './verify-way.ts'
import { verifyText } from './verify-text.ts'

export type VerifyOptions = ClassOptions & Wish & { boot: boolean }

/** What is needed of what is open. */
export type VerifyGiven = {
  run: Pick<OpenClass['run'], 'emit' | 'signal'>
  world: Pick<OpenClass['world'], 'dir'>
  ground: Pick<OpenClass['ground'], 'targets'>
  ways: SampleWays
}

/** Sample instances that live at a time on one cloud: a classroom's disks and cores bear so many boots. */
const samplesAtOnce = 2
/** For clearing up after an interruption. */
const clearMilliseconds = 120_000

export function classVerify(options: VerifyOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return withClass('class verify', options, face, signal, async (open) => {
    const { run, clouds, plan, ground, world } = open
    const unknown = unknownNames(
      clouds.map(({ input }) => input),
      options,
    )
    for (const fault of unknown) run.emit({ type: 'fault', fault })
    if (unknown.length > 0) return exits.usage
    const chosen = clouds.filter(({ input }) => verifiersOf(input, options).length > 0)
    run.vault.get(decoyPassword)
    await run.vault.save()
    const given = { run, ground, world, ways: sampleWays(plan, ground, world) }
    const results = (await Promise.all(chosen.map((cloud) => verifyCloud(given, cloud, options)))).flat()
    run.emit({
      type: 'report',
      kind: 'class-verify',
      text: verifyText(results),
      data: { ...reportJson(results), findings: findings(results) },
    })
    return exitCode(results)
  })
}

/** What one cloud answers. Throws Stop when interrupted, with everything cleared up. */
export async function verifyCloud(
  open: VerifyGiven,
  cloud: ClassCloud,
  options: VerifyOptions,
): Promise<CheckResult[]> {
  const { run } = open
  const { name, input, deps } = cloud
  // Each call under way listens to it, of as many students as are looked at.
  setMaxListeners(0, run.signal)
  const dir = mkdtempSync(join(open.world.dir, 'verify-'))
  const carriers = new Set<string>()
  let looked: CheckResult[] = []
  try {
    run.emit({
      type: 'phase.started',
      phase: 'verify',
      title: `The class of ${name}, as its students`,
      tasks: 0,
    })
    const { users } = await cloud.survey.people.read()
    for (const { candidates } of samplesOf(verifiersOf(input, options)))
      for (const { student } of candidates.slice(0, 1)) {
        const user = findUser(input.course, student.login, users)
        if (user) carriers.add(user.id)
      }
    const before = await sweep(await deps.cloud(), input.course, deps.clock, carriers)
    carriers.clear()
    if (before.removed.length > 0)
      run.emit({ type: 'note', text: `an earlier verification had left: ${before.removed.join(', ')}` })
    const probes = await probesOf(open, cloud, options, { dir, carries: (user) => void carriers.add(user) })
    looked = await runProbes(probes, {
      now: () => new Date(),
      signal: run.signal,
      onResult: (result) => tell(run, result),
    })
  } finally {
    rmSync(dir, { recursive: true, force: true })
    const cleared = await clear(cloud, carriers, run.signal)
    tell(run, cleared)
    looked.push(cleared)
  }
  if (run.signal.aborted) throw new Stop(exits.interrupted)
  return looked
}

async function probesOf(
  open: VerifyGiven,
  { name, input, deps, survey }: ClassCloud,
  options: VerifyOptions,
  { dir, carries }: { dir: string; carries: (userId: string) => void },
): Promise<Probe[]> {
  const { run, ground, ways } = open
  const [base, people, admin] = await Promise.all([survey.base.read(), survey.people.read(), deps.cloud()])
  const verifiers = verifiersOf(input, options)
  const logins = new Logins(input.course, deps)
  const [first] = verifiers
  const imageId = servedTo(input, base, first?.group ?? '').image?.id
  const { domainId, memberRoleId } = people
  const decoyInput = { course: input.course, domainId, memberRoleId, imageId }
  const decoy = decoyOf(() => makeDecoy(decoyInput, admin, deps))
  // An interruption may end the run before anybody asks for it.
  decoy.catch(() => {})
  const hasVolumes = admin.volume !== null
  const looking: Looking = { input, logins, base, people, hasVolumes, decoy }
  const looks = [...studentsLooks(looking, verifiers), ...wallLooks(looking, verifiers)]
  if (!options.boot) return looks
  const identityFile = join(dir, 'id_ed25519')
  const publicKey = await keyAt(deps.shell, identityFile)
  const lane = pLimit(samplesAtOnce)
  const samples = samplesOf(verifiers).flatMap((sample) => {
    const life = {
      site: name,
      input,
      sample,
      served: servedTo(input, base, sample.group),
      deps: {
        course: input.course,
        clock: deps.clock,
        as: logins.as.bind(logins),
        publicKey,
        signal: run.signal,
        carries,
      },
      admin: deps.cloud,
      ways,
      user: 'root',
      identityFile,
      knownHosts: join(dir, `known_hosts-${sample.group}`),
      targets: ground.targets.pings,
    }
    return sampleProbes(life, startSample(life, lane))
  })
  return [...looks, ...samples]
}

/** Without a decoy the walls cannot be tried; the students are looked at all the same. */
async function decoyOf(make: () => Promise<Decoy>): Promise<DecoyMade> {
  try {
    return { made: await make(), why: null }
  } catch (error) {
    if (error instanceof Trouble) return { made: null, why: `${error.fault.title}: ${error.fault.why}` }
    throw error
  }
}

async function keyAt(shell: ClassCloud['deps']['shell'], path: string): Promise<string> {
  const argv = ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'bateau-verify', '-f', path] as const
  const ran = await shell.run(argv, { timeout: 30_000 })
  const read = ran.code === 0 ? await shell.run(['cat', `${path}.pub`]) : ran
  if (read.code === 0) return read.stdout.trim()
  throw new Trouble({
    code: 'no-key',
    title: 'no key pair could be made for the sample instances',
    why: ran.stderr.trim() || `ssh-keygen exited with ${ran.code}`,
    fix: 'apt-get install openssh-client',
  })
}

/**
 * With a log-in of its own, as the run's calls end with Ctrl-C. After an interruption it looks twice: a call that was cut
 * may have been carried out since.
 */
async function clear(
  { name, input, deps }: ClassCloud,
  carriers: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<CheckResult> {
  const result = (verdict: CheckResult['verdict'], seen: string): CheckResult => ({
    id: `verify/${name}/left`,
    title: `nothing of the verification is left in ${name}`,
    verdict,
    seen,
    vantage: name,
    at: new Date().toISOString(),
  })
  try {
    const until = AbortSignal.timeout(clearMilliseconds)
    const cloud: Cloud = await (deps.cloudUntil?.(until) ?? deps.cloud())
    const swept: Swept = await sweep(cloud, input.course, deps.clock, carriers)
    if (signal.aborted) {
      await deps.clock.wait(2_000)
      const again = await sweep(cloud, input.course, deps.clock, carriers)
      swept.removed.push(...again.removed)
      swept.left = again.left
    }
    if (swept.left.length === 0) return result('yes', `removed ${swept.removed.length} things`)
    const fix = 'run it again: bateau class verify removes first what an earlier one left'
    const [title = ''] = swept.left
    return {
      ...result('no', swept.left.join('; ')),
      fault: { code: 'verify-left', title, why: swept.left.join('; '), fix },
    }
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    return { ...result('could-not-check', error.fault.why), fault: error.fault }
  }
}
