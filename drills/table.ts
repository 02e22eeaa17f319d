// Decides how drills are told: a line each, and the page docs/drills.md, which only the drills themselves write.
// Leaves running them to run.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Shell } from '../src/core/shell.ts'
import { faults } from '../src/rehearsal/faults.ts'
import type { Drill } from './drill.ts'
import { machineWords } from './machine-words.ts'
import type { Outcome } from './run.ts'

const page = 'docs/drills.md'
export type Part = 'light' | 'cloud'

const titles: Record<Part, string> = {
  light: 'On a server with the host network, the agent, and namespaces in the place of instances',
  cloud: 'In a rehearsal with the real OpenStack',
}

const head = `# Drills

Each line is a fault that was made on purpose in a rehearsal, with the real daemons of provider and server (radvd, Kea,
systemd-networkd, the kernel), and what became of it. \`npm run drills -- --write\` writes this page; nobody else does.

*Noticed*: seconds from the fault until the agent named the cause. *Back*: seconds without traffic, from the fault (or,
where only the end of the fault can help, from its end) until pings passed both ways again; a dash where none was lost for
more than a second. One run each: the seconds are from this run, on this machine. What each drill asserts does not depend on
them: the cause is named, nothing else is blamed, it is mended or handed to a person, and traffic is back both ways.
`

const columns = ['fault', 'named', 'noticed', 'mended by', 'back', 'traffic away', '`bateau check` says']

function row([drill, outcome]: readonly [Drill, Outcome]): string[] {
  const { cut } = outcome
  return [
    `\`${drill.fault}\`: ${faults[drill.fault].says}`,
    outcome.named.map((code) => `\`${code}\``).join(', ') || 'nothing, rightly',
    outcome.noticed === null ? '–' : `${outcome.noticed.toFixed(1)} s`,
    mender(drill, outcome),
    outcome.back === null ? '–' : `${outcome.back.toFixed(1)} s`,
    [cut.in ? 'in' : '', cut.out ? 'out' : ''].filter(Boolean).join(' and ') || 'no',
    outcome.checked?.map((code) => `\`${code}\``).join(', ') ?? '',
  ]
}

function mender({ mendedBy }: Drill, { helped }: Outcome): string {
  switch (mendedBy) {
    case 'agent':
      return helped.length > 0 ? `agent (${[...new Set(helped)].join(', ')})` : 'platform, before the agent'
    case 'platform':
      return 'platform'
    case 'provider':
      return 'by itself, when the fault ended'
    case 'person':
      return 'person, told what to do'
  }
}

export function printTable(done: readonly (readonly [Drill, Outcome])[]): void {
  for (const [drill, outcome] of done) {
    const [, named, noticed, mended, back, away, check] = row([drill, outcome])
    process.stdout.write(
      `${drill.fault}: named ${named} after ${noticed}; ${mended}; back ${back}; away ${away}; check ${check || '–'}\n`,
    )
  }
}

/** Replaces one part of the page, and leaves the other as it is. */
export async function writeTable(
  part: Part,
  done: readonly (readonly [Drill, Outcome])[],
  server: Shell,
): Promise<void> {
  const lines = [columns, columns.map(() => '---'), ...done.toSorted(byName).map(row)]
  const text = [
    `## ${titles[part]}`,
    '',
    await machineWords(server),
    '',
    ...lines.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n')
  const had = existsSync(page) ? readFileSync(page, 'utf8') : ''
  const parts = { light: partOf(had, 'light'), cloud: partOf(had, 'cloud'), [part]: text }
  const whole = (Object.keys(titles) as Part[]).flatMap((one) =>
    parts[one] === '' ? [] : [`${mark(one)}\n${parts[one]}\n`],
  )
  writeFileSync(page, [head, ...whole].join('\n'))
}

const mark = (part: Part) => `<!-- ${part} -->`
const byName = ([one]: readonly [Drill, Outcome], [other]: readonly [Drill, Outcome]) =>
  one.fault.localeCompare(other.fault)

function partOf(text: string, part: Part): string {
  const [, after = ''] = text.split(`${mark(part)}\n`)
  return after.split('\n<!-- ')[0]?.trim() ?? ''
}
