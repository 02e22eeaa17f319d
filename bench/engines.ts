// Measures the two engines side by side on this machine: minutes from a bare server to the proof, by phase, and memory when idle.
// Asserts nothing. Leaves reading the numbers to a person: they are from one machine, one run each.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { it } from 'vitest'
import type { RunEvent } from '../src/run/events.ts'
import { Berth, of, type Ran } from '../test/voyage/bateau.ts'

const hour = 3_600_000

/** Directory with bare repositories `openstack/NAME.git`: OpenStack cannot be cloned where there is no internet. */
const git = process.env['BATEAU_GIT']
const release = process.env['BATEAU_RELEASE'] ?? '2026.1'

/** PSS in MiB of everything on the server but the guests (proc(5), smaps_rollup). */
const memory = `
for d in /proc/[0-9]*; do
  n=$(cat $d/comm 2>/dev/null) || continue
  p=$(sed -n 's/^Pss: *\\([0-9]*\\) kB/\\1/p' $d/smaps_rollup 2>/dev/null)
  [ -n "$p" ] && echo "$n $p"
done | awk '$1 ~ /^qemu/ {next} {s+=$NF} END {printf "%d\\n", s/1024}'
`

type Measured = { ran: Ran; mib: string; stack: string }

it('the engines', { timeout: 2 * hour }, async () => {
  const packages = await measure('kind: packages')
  const devstack =
    git === undefined ? null : await measure(`kind: devstack, release: '${release}'`, resolve(git))
  const rows = [
    row('from a bare server to the proof, all yes', packages, devstack, ({ ran }) => seconds(bare(ran))),
    row('host network', packages, devstack, ({ ran }) => seconds(stepsOf(ran, /\/network\//))),
    row('packages or stack.sh, and what goes with them', packages, devstack, ({ ran }) =>
      seconds(stepsOf(ran, /\/openstack\//)),
    ),
    row('networks, students, instances', packages, devstack, ({ ran }) => seconds(phase(ran, 'class'))),
    row('proof', packages, devstack, ({ ran }) => seconds(phase(ran, 'proof'))),
    row('checks answered yes', packages, devstack, ({ ran }) => answered(ran)),
    row(
      'memory of all services (PSS), a moment after the proof, without guests',
      packages,
      devstack,
      ({ mib }) => `${mib} MiB`,
    ),
  ]
  const machine = `${cpus().length} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${new Date().toISOString().slice(0, 10)}`
  const page = `# The two engines, side by side

${machine}; servers: Debian 13 in containers, no KVM, Open vSwitch in user space; packages fetched before (a warm cache).
\`BATEAU_GIT=… npm run bench -- engines\` writes this page; one run each, one after the other.

| what | packages (2025.1) | DevStack (${release}) |
|---|---|---|
${rows.join('\n')}
${devstack ? `\nPhases of stack.sh, in seconds:\n\n${devstack.stack}\n` : ''}`
  writeFileSync('docs/bench-engines.md', page)
  process.stdout.write(page)
})

async function measure(engine: string, mirror?: string): Promise<Measured> {
  const berth = new Berth()
  const file = join(berth.dir, 'course.yaml')
  mkdirSync(berth.dir, { recursive: true })
  const given = readFileSync('examples/rehearsal.yaml', 'utf8')
    .replace(/^engine:\n {2}kind: packages.*$/m, `engine: {${engine}}`)
    .replace('ram: 6 GiB', 'ram: 8 GiB')
    .replace('name: rehearsal ', 'name: bench ')
    .replace('roster: rehearsal-roster.csv', 'count: 3')
  writeFileSync(file, mirror === undefined ? given : `${given}\nrehearsal: {git: ${mirror}}\n`)
  try {
    const ran = await berth.run(['rehearse', '--yes', file])
    if (ran.code !== 0) throw new Error(`${engine} ended with ${ran.code}: ${ran.err.slice(-2000)}`)
    // Just built, caches are warm and workers have answered: a little rest makes it comparable.
    await new Promise((rested) => setTimeout(rested, 20_000))
    const mib = (await berth.ssh('os1', memory)).out.trim()
    const told = await berth.ssh('os1', 'cat /var/lib/bateau/devstack/phases.json 2>/dev/null || true')
    return { ran, mib, stack: phasesOf(told.out) }
  } finally {
    // What could not be taken down is left to be taken down by hand, with the state that knows it.
    if ((await berth.run(['down', file])).code === 0) berth.remove()
  }
}

const row = (what: string, a: Measured, b: Measured | null, figure: (of: Measured) => string) =>
  `| ${what} | ${figure(a)} | ${b ? figure(b) : 'not run: BATEAU_GIT names no repositories'} |`

function phasesOf(json: string): string {
  if (json.trim() === '') return ''
  const all = Object.entries(JSON.parse(json) as Record<string, number>)
  return all.map(([name, took]) => `${name} ${took}`).join(' · ')
}

const timeOf = (events: readonly RunEvent[], type: RunEvent['type'], which: (event: RunEvent) => boolean) =>
  Date.parse(events.find((event) => event.type === type && which(event))?.at ?? '')

/** From the first step on the server itself to the end of the run. */
function bare({ events }: Ran): number {
  const from = timeOf(events, 'phase.started', (event) => 'phase' in event && event.phase === 'host')
  return (Date.parse(of(events, 'run.finished')[0]?.at ?? '') - from) / 1000
}

const stepsOf = ({ events }: Ran, id: RegExp) =>
  of(events, 'step.done')
    .filter((event) => id.test(event.id))
    .reduce((sum, event) => sum + event.seconds, 0)

function phase({ events }: Ran, name: string): number {
  const marks = of(events, 'phase.started')
  const i = marks.findIndex((mark) => mark.phase === name)
  const end = marks[i + 1]?.at ?? of(events, 'run.finished')[0]?.at ?? ''
  return (Date.parse(end) - Date.parse(marks[i]?.at ?? '')) / 1000
}

function answered({ events }: Ran): string {
  const all = of(events, 'check.result')
  return `${all.filter(({ verdict }) => verdict === 'yes').length} of ${all.length}`
}

function seconds(all: number): string {
  return all < 100 ? `${all.toFixed(0)} s` : `${Math.floor(all / 60)} min ${Math.round(all % 60)} s`
}
