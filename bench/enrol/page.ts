// Decides how the measured runs read: a table of growth, a table a shape, whole or extrapolated and said so, the floor, and
// where the time goes.
// Leaves measuring to run, and keeping to results. Pure.
import { groupSize, type Shape } from './class.ts'
import type { Row } from './results.ts'
import type { Measured } from './run.ts'
import { sum, switching } from './server-cpu.ts'

const numbers = ['seconds', 'calls', 'server'] as const
type Figures = Record<(typeof numbers)[number], number>
const stepNames = ['first', 'again', 'added', 'removed'] as const
type StepName = (typeof stepNames)[number]

const nothing: Measured = {
  seconds: 0,
  calls: 0,
  writes: 0,
  refused: 0,
  kinds: [],
  server: {},
  failed: 'cut',
}
const figures = (one: Measured | null): Figures => {
  const { seconds, calls, server } = one ?? nothing
  return { seconds, calls, server: sum(server) }
}

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

const shapes: readonly (readonly [Shape, string])[] = [
  ['B', 'one class network, shared with each project'],
  ['G', `a network of each student’s own besides, behind the group’s router, in groups of ${groupSize}`],
  ['A', 'a network of each student’s own besides, behind a router of its own'],
]
const titles: Record<StepName, string> = {
  first: 'first run',
  again: 'nothing to change',
  added: 'one student added',
  removed: 'all but one removed',
}

export function page(all: readonly Row[]): string {
  const rows = all.toSorted((a, b) => place(a) - place(b))
  const [newest] = rows.toSorted((a, b) => (a.machine.day < b.machine.day ? 1 : -1))
  if (newest === undefined) return ''
  const some = [
    ...new Set(rows.filter(({ measured, students }) => measured < students).map((row) => row.measured)),
  ]
  const versions = new Map(rows.map((row) => [row.contestant, row.version]))
  return `# Enrolling a class: bateau, Ansible, the openstack command

${newest.machine.words}, ${newest.machine.day}; the cloud and who enrols share them. The same class, made on the same real Keystone, Nova and
Neutron one after the other. \`BATEAU_BENCH_CLOUD=clouds.yaml#entry npm run bench -- bench/enrol.ts\` writes this page; one run each.

${[...versions].map(([name, version]) => `- **${name}**: ${version}`).join('\n')}

${shapes.map(([shape, words]) => `- **${shape}**: ${words}`).join('\n')}

Every call goes through a relay of this machine, which counts it. *Server* is the CPU of the cloud's own processes (proc(5): user and
system time, ended children included), in seconds. The **floor** is what bateau's first run takes of it, divided by the
${newest.machine.cores} cores: nobody who makes these calls can be faster here. What a machine that others share gives differs from run to run, by a fifth
here: how near to the floor a run is, is of that run alone; *ratio* may compare runs that are an hour apart.
${
  some.length === 0
    ? ''
    : `
*Extrapolated* (marked ≈): ${some.join(' and ')} students were really enrolled, after a run with an empty class. For more: what is
made for all once, what a run takes with nobody once, and the rest times the students. Their own time grows no slower than that.
`
}
${growth(rows)}
${shapes.map(([shape, words]) => section(rows, shape, words)).join('\n')}`
}

/** Whose bench it is comes first. */
const place = ({ contestant }: Row) => ['bateau', 'Ansible'].indexOf(contestant) >>> 0

const table = (lines: readonly (readonly string[])[]): string => {
  const [head = [], ...rest] = lines
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'))
  return [head, rule, ...rest].map((line) => `| ${line.join(' | ')} |`).join('\n')
}
const long = (seconds: number) => (seconds < 100 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`)

function growth(rows: readonly Row[]): string {
  const ours = rows
    .filter(({ contestant }) => contestant === 'bateau')
    .toSorted((a, b) => order(a.shape) - order(b.shape) || a.students - b.students)
  const others = [...new Set(rows.map(({ contestant }) => contestant))].filter((one) => one !== 'bateau')
  const lines = ours.map((row) => {
    const { first, again, added, removed } = row.steps
    const theirs = others.map((one) => {
      const measured = rows.find(({ contestant, shape }) => contestant === one && shape === row.shape)
      if (measured === undefined) return ''
      return `${about(measured, row.students)}${long(whole(measured, 'first', row.students).seconds)}`
    })
    const floor = sum(first.server) / row.machine.cores
    return [
      `${row.shape}, ${row.students}`,
      long(first.seconds),
      ((1_000 * first.seconds) / row.students).toFixed(0),
      long(floor),
      (first.seconds / floor).toFixed(2),
      ((1_000 * sum(first.server)) / row.students).toFixed(0),
      ((1_000 * (first.server[switching] ?? 0)) / row.students).toFixed(0),
      (first.calls / row.students).toFixed(1),
      long(again.seconds),
      String(again.calls),
      long(added.seconds),
      removed === null ? 'not measured' : long(removed.seconds),
      removed === null ? '' : ((1_000 * removed.seconds) / (row.students - 1)).toFixed(0),
      ...theirs,
    ]
  })
  const head = [
    'class',
    'first run',
    'ms a student',
    'floor',
    'of the floor',
    'server ms a student',
    'of it OVN',
    'calls a student',
    'nothing to change',
    'calls',
    'one added',
    'removal',
    'ms a student',
    ...others.map((one) => `${one}, first run`),
  ]
  return `## bateau, as the class grows

${table([head, ...lines])}

Calls grow with the students, and what the services take for them a little faster. ovn-northd and ovn-controller compute
the flows of all networks and routers anew at each change of one: with own networks their part grows with the square, and
there several clouds are faster than one ([decision 016](decisions/016-a-class-in-fewer-and-cheaper-calls.md)).
`
}

const order = (shape: Shape) => shapes.findIndex(([one]) => one === shape)

/** Of the smallest class that several were measured with. */
function section(rows: readonly Row[], shape: Shape, words: string): string {
  const of = rows.filter((row) => row.shape === shape)
  const students = Math.min(...of.map((row) => row.students))
  const here = of.filter((row) => row.students === students)
  const ours = here.find(({ contestant }) => contestant === 'bateau')
  if (here.length === 0) return ''
  const head = ['', ...here.flatMap(({ contestant }) => [contestant, 'calls', 'server', 'ratio'])]
  const lines = stepNames.map((name) => [
    titles[name],
    ...here.flatMap((row) => cells(row, name, students, ours)),
  ])
  return `## ${shape}, ${students} students: ${words}

${table([head, ...lines])}

${ours === undefined ? '' : parts(ours)}
${here.map((row) => kinds(row, 'first')).join('\n')}${ours === undefined ? '' : `\n${kinds(ours, 'removed')}`}`
}

function cells(row: Row, name: StepName, students: number, ours: Row | undefined): string[] {
  const step = row.steps[name]
  if (step === null || step.failed !== null) return ['failed', '', '', '']
  const { seconds, calls, server } = whole(row, name, students)
  const sign = about(row, students)
  const base = ours === undefined ? null : whole(ours, name, students).seconds
  const ratio = base === null ? '' : (seconds / base).toFixed(seconds / base < 10 ? 1 : 0)
  return [
    `${sign}${long(seconds)}`,
    `${sign}${Math.round(calls)}`,
    `${sign}${server.toFixed(0)} s`,
    row === ours ? '' : ratio,
  ]
}

const about = ({ measured }: Row, students: number) => (measured < students ? '≈ ' : '')

function parts({ steps }: Row): string {
  const { server } = steps.first
  const all = Object.entries(server).toSorted(([, a], [, b]) => b - a)
  const said = all.map(([part, seconds]) => `${part} ${((100 * seconds) / sum(server)).toFixed(0)} %`)
  return `Whose the servers' time is in bateau's first run: ${said.join(', ')}.\n`
}

/** As measured: seconds that calls were under way, which is more than passed where several were at once. */
function kinds({ contestant, measured, steps }: Row, name: 'first' | 'removed'): string {
  const { calls, writes, refused, kinds: all } = steps[name] ?? nothing
  const lines = all.map(({ kind, calls: count, seconds }) => [
    `\`${kind}\``,
    String(count),
    seconds.toFixed(1),
    ((seconds / count) * 1_000).toFixed(0),
  ])
  const what = name === 'first' ? 'first run' : 'removal'
  const look =
    refused === 0 ? '' : `; ${refused} were refused, which is how some look whether a thing is there`
  return `The calls of ${contestant}'s ${what} that take longest (${measured} students; ${writes} of ${calls} calls write${look}):

${table([['call', 'times', 's under way', 'ms each'], ...lines])}
`
}
