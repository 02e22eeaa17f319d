// Measures a rehearsal: from nothing, with a warm cache, without a change, and the control plane's memory. Asserts nothing.
// Leaves reading the numbers to a person: they are from one machine, one run, side by side.
import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { it } from 'vitest'
import { Berth, of, type Ran } from '../test/voyage/bateau.ts'

const course = 'examples/rehearsal.yaml'
const hour = 3_600_000

/** PSS in MiB of everything on the server but the guests, by the name of the unit's main program (proc(5), smaps_rollup). */
const memory = `
for d in /proc/[0-9]*; do
  n=$(cat $d/comm 2>/dev/null) || continue
  p=$(sed -n 's/^Pss: *\\([0-9]*\\) kB/\\1/p' $d/smaps_rollup 2>/dev/null)
  [ -n "$p" ] && echo "$n $p"
done | awk '$1 ~ /^qemu/ {q+=$NF; next} {s+=$NF} END {printf "%d %d\\n", s/1024, q/1024}'
`

it('a rehearsal', { timeout: hour }, async () => {
  const berth = new Berth()
  Object.assign(berth.env, { XDG_CACHE_HOME: join(berth.dir, 'cache') })
  const rows: string[] = []
  const row = (what: string, figure: string) => {
    rows.push(`| ${what} | ${figure} |`)
    process.stdout.write(`${what}: ${figure}\n`)
  }
  try {
    const cold = await berth.run(['rehearse', '--yes', course])
    row('from nothing to proven', shown(cold))
    row('the same by phase', phases(cold))
    const again = await berth.run(['rehearse', '--yes', course])
    row('no-change run, with the whole proof', shown(again))
    row('no-change run, until the proof begins', `${untilProof(again).toFixed(1)} s`)
    const [control, guests] = (await berth.ssh('os1', memory)).out.trim().split(' ')
    row('memory of the server without guests (PSS), idle', `${control} MiB`)
    row('memory of two guests of 256 MiB (PSS)', `${guests} MiB`)
    row('down', shown(await berth.run(['down'])))
    const warm = await berth.run(['rehearse', '--yes', course])
    row('with a warm cache to proven', shown(warm))
    row('the same by phase', phases(warm))
  } finally {
    await berth.run(['down', '--purge-cache'])
    berth.remove()
  }
  const machine = `${cpus().length} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${new Date().toISOString().slice(0, 10)}`
  writeFileSync(
    'bench/rehearsal.md',
    `# A rehearsal, measured\n\n${machine}. \`npm run bench\` writes this page.\n\n| what | figure |\n|---|---|\n${rows.join('\n')}\n`,
  )
})

const shown = (ran: Ran) => `${seconds(of(ran.events, 'run.finished')[0]?.seconds ?? 0)} (exit ${ran.code})`

function seconds(all: number): string {
  return all < 100 ? `${all.toFixed(1)} s` : `${Math.floor(all / 60)} min ${Math.round(all % 60)} s`
}

function phases(ran: Ran): string {
  const marks = [
    ...of(ran.events, 'phase.started').map(({ phase, at }) => ({ phase, at })),
    { phase: '', at: of(ran.events, 'run.finished')[0]?.at ?? '' },
  ]
  return marks
    .slice(0, -1)
    .map(
      ({ phase, at }, i) =>
        `${phase} ${seconds((Date.parse(marks[i + 1]?.at ?? at) - Date.parse(at)) / 1000)}`,
    )
    .join(', ')
}

function untilProof(ran: Ran): number {
  const [first] = ran.events
  const proof = of(ran.events, 'phase.started').find(({ phase }) => phase === 'proof')
  return first && proof ? (Date.parse(proof.at) - Date.parse(first.at)) / 1000 : Number.NaN
}
