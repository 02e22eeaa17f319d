// Decides how the sample instance of a group goes through its life: started, logged in to from outside, asked for a way out, removed.
// Leaves each step to classroom/ and check/, and how many live at a time to verify.
import { Trouble } from '../../core/fault.ts'
import { no, type Seen, unclear, yes } from '../../core/verdict.ts'
import type { Address } from '../../core/prefix.ts'
import { CallFailure } from '../../cloud/failure.ts'
import type { Cloud } from '../../cloud/open.ts'
import type { GroupSample } from '../../classroom/verify/plan.ts'
import { type Begun, bootSample, removeSample, type SampleDeps } from '../../classroom/verify/sample.ts'
import type { Served } from '../../classroom/verify/served.ts'
import { sampleLogin, sampleOut } from '../../check/probes/sample.ts'
import type { Probe } from '../../check/probe.ts'
import type { ClassroomInput } from '../../classroom/input.ts'
import type { SampleWays } from './verify-way.ts'

/** Seconds from ACTIVE to the first answer; without KVM up to half a minute, more while others boot. */
const bootSeconds = 180

export const sampleSteps = ['boots', 'login', 'out', 'removed'] as const
type Step = (typeof sampleSteps)[number]

export const sampleId = (site: string, group: string, step: Step) => `sample/${site}/${group}/${step}`

export type SampleRun = {
  site: string
  input: ClassroomInput
  sample: GroupSample
  served: Served
  deps: Omit<SampleDeps, 'begun'>
  /** As the administrator, who removes it. */
  admin: () => Promise<Cloud>
  ways: SampleWays
  user: string
  identityFile: string
  knownHosts: string
  targets: readonly Address[]
}

type Steps = Record<Step, Promise<Seen>>

/** Goes through it all, inside `lane`; each step is told as it is done. Never rejects for what the cloud or the guest does. */
export function startSample(run: SampleRun, lane: (life: () => Promise<void>) => Promise<void>): Steps {
  const tell = {} as Record<Step, (seen: Seen) => void>
  const steps = Object.fromEntries(
    sampleSteps.map((step) => [step, new Promise<Seen>((resolve) => (tell[step] = resolve))]),
  ) as Steps
  const rest = (seen: Seen) => {
    for (const step of sampleSteps) tell[step](seen)
  }
  void lane(() => life(run, tell))
    .catch((error: unknown) => {
      if (error instanceof Trouble) return rest(seenOf(error))
      if (run.deps.signal.aborted) return rest(unclear('interrupted'))
      throw error
    })
    .then(() => rest(unclear('not looked at: it did not start')))
  return steps
}

async function life(run: SampleRun, tell: Record<Step, (seen: Seen) => void>): Promise<void> {
  const { input, ways, targets, deps } = run
  const begun: Begun[] = []
  const began = deps.clock.now()
  try {
    const sample = await bootSample(run.sample, run.served, {
      ...deps,
      begun: (one) => void begun.push(one),
    })
    const seconds = Math.round((deps.clock.now() - began) / 1_000)
    tell.boots(yes(`ACTIVE after ${seconds} s as ${sample.carrier.student.login}, ${sample.address}`))
    const way = ways.of(input, sample.carrier.student)
    const guest = { ...sample, user: run.user, identityFile: run.identityFile, knownHosts: run.knownHosts }
    const late = deps.clock.now() + bootSeconds * 1_000
    const until = () => deps.clock.now() > late
    const login = await sampleLogin(way, guest, { until, signal: deps.signal })
    tell.login(login)
    if (login.verdict === 'yes') tell.out(await sampleOut(way, guest, targets))
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    tell.boots(seenOf(error))
  } finally {
    // An interruption leaves it to the sweep, which has a log-in that outlasts it.
    if (!deps.signal.aborted && begun.length > 0) tell.removed(await removed(run, begun))
  }
}

async function removed({ admin, deps, site }: SampleRun, begun: readonly Begun[]): Promise<Seen> {
  const cloud = await admin()
  const still: string[] = []
  for (const one of begun) {
    const left = await removeSample(cloud, deps.clock, one)
    if (left !== null) still.push(left)
  }
  if (still.length === 0) return yes('instance and key pair are gone')
  return no(still.join('; '), {
    code: 'sample-stays',
    why: 'Nova took the deletion and does not get done with it',
    fix: `on ${site}: see what nova-compute logs; then bateau class verify removes it`,
  })
}

/** Without room, or without an answer, nothing is proven. */
function seenOf(error: Trouble): Seen {
  const { fault } = error
  const words = `${fault.title}: ${fault.why}`
  const silent = error instanceof CallFailure && error.status === null
  return fault.code === 'sample-no-room' || silent ? unclear(words, fault) : no(words, fault)
}

export function sampleProbes({ site, sample, ways }: SampleRun, steps: Steps): Probe[] {
  const { group } = sample
  const name = `the sample instance of ${group}`
  const probe = (step: Step, title: string, vantage: string, needs: readonly Step[] = []): Probe => ({
    id: sampleId(site, group, step),
    title,
    vantage,
    needs: needs.map((one) => sampleId(site, group, one)),
    // It lives beside the other looks; only its answers come after them.
    heavy: true,
    run: () => steps[step],
  })
  return [
    probe('boots', `a student of ${group} starts an instance`, site),
    probe('login', `${name} is logged in to by SSH from outside`, ways.from, ['boots']),
    probe('out', `${name} reaches the internet`, name, ['login']),
    probe('removed', `${name} is gone again`, site),
  ]
}
