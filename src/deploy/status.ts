// Decides what `bateau status` looks at: the world, its servers, its instances, and what the last proof said.
// Leaves proving anew to check.
import { findings } from '../check/judge.ts'
import type { Shell } from '../core/shell.ts'
import { Trouble } from '../core/fault.ts'
import { readJournal } from '../run/journal.ts'
import { sitesOf } from './ascend.ts'
import { askAdopted, instancesOf, shown } from './asked-cloud.ts'
import { type ExitCode, exits, type Face } from './face.ts'
import { groundOf } from './ground.ts'
import { loginText } from './login-text.ts'
import { refuse } from './open-course.ts'
import type { PlannedCloud } from '../plan/draft.ts'
import type { Plan } from '../plan/plan.ts'
import { type Session, session } from './session.ts'
import { openUp, planOf } from './plan-of.ts'
import { homeOf, type World } from './world.ts'

export async function status(
  options: { file: string | null },
  face: Face,
  signal: AbortSignal,
): Promise<ExitCode> {
  const opened = openUp(homeOf(process.env), options.file)
  if (!opened.ok) return refuse(face, opened.faults)
  const { course, world, rehearsal, file } = opened.value
  return session('status', world, face, signal, async (run) => {
    const plan = planOf(course, rehearsal)
    const ground = groundOf(course, world, rehearsal)
    const servers = await Promise.all(
      plan.servers.map(({ name }) => answerOf(name, ground.reach.shell(name))),
    )
    const clouds = await Promise.all(plan.clouds.map((cloud) => cloudAnswer(run, plan, cloud)))
    const up = [...servers, ...clouds].every(({ answers }) => answers)
    const sites = servers.every(({ answers }) => answers) ? await sitesOf(plan, ground) : []
    const orNone = (error: unknown) => {
      if (error instanceof Trouble) return []
      throw error
    }
    const onSites = await Promise.all(
      sites.map((site) => instancesOf(run, plan, ground, site, { pin: false }).catch(orNone)),
    )
    const instances = [...onSites, ...clouds.map((cloud) => cloud.instances)].flat()
    const proof = lastProof(world)
    run.emit({
      type: 'report',
      kind: 'status',
      text: [
        `${course.title} (${file})${rehearsal ? ', a rehearsal' : ''}`,
        ...[...servers, ...clouds].map(
          ({ name, answers, seen }) => `  ${name}  ${answers ? 'up' : 'DOWN'}  ${seen}`,
        ),
        proof === undefined
          ? '  never proven yet: ./bateau check'
          : `  last proof ${proof.at}: ${proof.text}`,
        loginText(world, plan, sites, instances),
      ].join('\n'),
      data: {
        course: course.name,
        file,
        rehearsal,
        servers,
        ...(clouds.length > 0 && { clouds: clouds.map(({ instances: _, ...cloud }) => cloud) }),
        instances: instances.map(shown),
        proof: proof ?? null,
      },
    })
    return up ? exits.done : exits.unchecked
  })
}

/** Of a cloud that exists already: as whom one is let in, and the instances of the proof. */
async function cloudAnswer(run: Session, plan: Plan, cloud: PlannedCloud) {
  const asked = await askAdopted(run, plan, cloud, { pin: false })
  const { name, instances, answer, classroom } = asked
  try {
    const fault = answer.fault
    const seen =
      classroom === null ? `${fault?.title ?? ''}: ${fault?.why ?? ''}` : `region ${classroom.input.region}`
    return { name, answers: classroom !== null, seen, instances }
  } finally {
    await asked.close()
  }
}

async function answerOf(name: string, shell: Shell) {
  try {
    const ran = await shell.run(['sh', '-c', 'uptime -p; systemctl is-system-running'])
    return { name, answers: true, seen: ran.stdout.trim().replaceAll('\n', ', ') }
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    return { name, answers: false, seen: error.fault.why }
  }
}

/** What the last proof of this world said, from the journal: history, and said with its time. */
function lastProof(world: World): { at: string; text: string } | undefined {
  const events = readJournal(world.journal)
  if (!events.ok) return undefined
  const last = events.value.findLast((event) => event.type === 'report' && event.kind === 'proof')
  if (last?.type !== 'report') return undefined
  const { results } = last.data as { results: Parameters<typeof findings>[0] }
  const count = (verdict: string) => results.filter((result) => result.verdict === verdict).length
  return {
    at: last.at,
    text: `${count('yes')} yes, ${count('no')} no, ${count('could-not-check')} could not check`,
  }
}
