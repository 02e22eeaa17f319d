// Decides how the measured runs read: a table a shape, whole or extrapolated and said so, the floor, and where the time goes.
// Leaves measuring to run. Pure.
import type { Shape } from './class.ts'
import { byKind, isWrite } from './relay.ts'
import type { Measured } from './run.ts'

export type Steps = {
  /** With nobody on the roster, the first and the second time; null where the whole class was measured. */
  common: Measured | null
  idle: Measured | null
  first: Measured
  again: Measured
  added: Measured
  removed: Measured
}

export type Row = {
  shape: Shape
  contestant: string
  version: string
  /** Students that were really enrolled. */
  measured: number
  steps: Steps
}

const numbers = ['seconds', 'calls', 'server'] as const
type Figures = Record<(typeof numbers)[number], number>
type StepName = 'first' | 'again' | 'added' | 'removed'

const figures = ({ seconds, calls, server }: Measured): Figures => ({ seconds, calls: calls.length, server })

/**
 * Of a class of `students`. What is made for all counts once, starting once a run, and the rest grows with the students;
 * one more is a run over all of them, plus what a new one takes.
 */
export function whole({ steps, measured }: Row, name: StepName, students: number): Figures {
  const { common, idle } = steps
  if (measured >= students || common === null || idle === null) return figures(steps[name])
  const [made, start] = [figures(common), figures(idle)]
  const each = (step: StepName, of: keyof Figures) =>
    Math.max(0, figures(steps[step])[of] - start[of]) / measured
  return Object.fromEntries(
    numbers.map((of) => {
      const again = start[of] + students * each('again', of)
      const every = {
        first: made[of] + students * each('first', of),
        again,
        added: again + each('first', of),
        removed: start[of] + students * each('removed', of),
      }
      return [of, every[name]]
    }),
  ) as Figures
}

const shapes: Record<Shape, string> = {
  B: 'B: one class network, shared with each project',
  A: 'A: a network and a router of each student’s own',
}
const titles: Record<StepName, string> = {
  first: 'first run',
  again: 'nothing to change',
  added: 'one student added',
  removed: 'all but one removed',
}

export function page(
  rows: readonly Row[],
  students: number,
  machine: { cores: number; words: string },
): string {
  const some = new Set(rows.filter(({ measured }) => measured < students).map((row) => row.measured))
  const versions = new Map(rows.map((row) => [row.contestant, row.version]))
  return `# Enrolling a class: bateau, Ansible, the openstack command

${machine.words}; the cloud and who enrols share them. A class of ${students}, made on the same real Keystone, Nova and Neutron one
after the other. \`BATEAU_BENCH_CLOUD=clouds.yaml#entry npm run bench -- bench/enrol.ts\` writes this page; one run each.

${[...versions].map(([name, version]) => `- **${name}**: ${version}`).join('\n')}

Every call goes through a relay of this machine, which counts it. *Server* is the CPU of the cloud's own processes (proc(5): user and
system time, ended children included), in seconds. The **floor** is what bateau's first run takes of it, divided by the
${machine.cores} cores: nobody who makes these calls can be faster here.
${
  some.size === 0
    ? ''
    : `
*Extrapolated* (marked ≈): ${[...some].join(' and ')} students were really enrolled, after a run with an empty class. For ${students}: what is
made for all once, what a run takes with nobody once, and the rest times ${students}. Their own time grows no slower than that.
`
}
${[...new Set(rows.map(({ shape }) => shape))].map((shape) => section(rows, shape, students, machine.cores)).join('\n')}`
}

function section(rows: readonly Row[], shape: Shape, students: number, cores: number): string {
  const here = rows.filter((row) => row.shape === shape)
  const ours = here.find(({ contestant }) => contestant === 'bateau')
  const floor = ours ? whole(ours, 'first', students).server / cores : null
  const head = ['', ...here.flatMap(({ contestant }) => [contestant, 'calls', 'server', 'ratio'])]
  const lines = (Object.keys(titles) as StepName[]).map((name) => [
    titles[name],
    ...here.flatMap((row) => cells(row, name, students, ours)),
  ])
  const told =
    floor === null || ours === undefined ? '' : floorWords(floor, whole(ours, 'first', students).seconds)
  return `## ${shapes[shape]}

${[head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n')}

${told}
${here.map((row) => kinds(row)).join('\n')}`
}

function cells(row: Row, name: StepName, students: number, ours: Row | undefined): string[] {
  const step = row.steps[name]
  if (step.failed !== null) return ['failed', '', '', '']
  const { seconds, calls, server } = whole(row, name, students)
  const sign = row.measured < students ? '≈ ' : ''
  const base = ours === undefined ? null : whole(ours, name, students).seconds
  const ratio = base === null ? '' : (seconds / base).toFixed(seconds / base < 10 ? 1 : 0)
  return [
    `${sign}${seconds.toFixed(1)} s`,
    `${sign}${Math.round(calls)}`,
    `${sign}${server.toFixed(0)} s`,
    row === ours ? '' : ratio,
  ]
}

const floorWords = (floor: number, seconds: number) =>
  `Floor of the first run: **${floor.toFixed(1)} s**; bateau is at ${(seconds / floor).toFixed(2)} of it.\n`

/** Of the first run, as measured: seconds that calls were under way, which is more than passed where several were at once. */
function kinds({ contestant, measured, steps }: Row): string {
  const { calls } = steps.first
  const all = byKind(calls)
  const sum = all.reduce((total, { seconds }) => total + seconds, 0)
  const lines = all
    .slice(0, 12)
    .map(
      ({ kind, calls: count, seconds }) =>
        `| \`${kind}\` | ${count} | ${seconds.toFixed(1)} | ${((seconds / count) * 1_000).toFixed(0)} | ${((100 * seconds) / sum).toFixed(0)} % |`,
    )
  const writes = calls.filter(isWrite).length
  const refused = calls.filter(({ status }) => status >= 400).length
  return `Where the time of ${contestant}'s first run goes (${measured} students; ${writes} of ${calls.length} calls write; ${refused} were refused, which is how some look whether a thing is there):

| call | times | s under way | ms each | share |
| --- | ---: | ---: | ---: | ---: |
${lines.join('\n')}
`
}
