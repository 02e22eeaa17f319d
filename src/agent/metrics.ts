// Decides what Prometheus is told of a server, in its text format (Prometheus documentation, "Exposition formats" 0.0.4).
// Leaves serving it to metrics-server.
import type { CheckResult } from '../check/result.ts'
import type { AgentEventBody } from './events.ts'

export type Facts = {
  host: string
  version: string
  /** Seconds left of each lease, by prefix. */
  leases: readonly { prefix: string; seconds: number }[]
  rssBytes: number
  cpuSeconds: number
}

/** Counts what was told, and remembers the last look. */
export class Metrics {
  #results: readonly CheckResult[] = []
  readonly #looks = { quick: { count: 0, seconds: 0 }, full: { count: 0, seconds: 0 } }
  readonly #repairs = new Map<string, number>()
  readonly #givenUp = new Map<string, number>()
  readonly #open = new Map<string, string>()

  look(kind: 'quick' | 'full', results: readonly CheckResult[], milliseconds: number): void {
    this.#results = results
    this.#looks[kind].count++
    this.#looks[kind].seconds += milliseconds / 1000
  }

  told(event: AgentEventBody): void {
    if (event.type === 'trouble.noticed') this.#open.set(event.id, event.code)
    if (event.type === 'trouble.gone') this.#open.delete(event.id)
    if (event.type === 'given-up') count(this.#givenUp, labels({ code: event.code }))
    if (event.type === 'repair.done')
      count(this.#repairs, labels({ repair: event.repair, code: event.code, helped: String(event.helped) }))
  }

  text(facts: Facts): string {
    const looks = Object.entries(this.#looks)
    return [
      ...metric('bateau_agent_info', 'gauge', 'The agent.', [
        [labels({ host: facts.host, version: facts.version }), 1],
      ]),
      ...metric(
        'bateau_check',
        'gauge',
        '1: yes, 0: no, -1: could not check.',
        this.#results.map(({ id, verdict }) => [labels({ id }), values[verdict]]),
      ),
      ...metric(
        'bateau_trouble',
        'gauge',
        'A trouble that is open now.',
        [...this.#open].map(([id, code]) => [labels({ id, code }), 1]),
      ),
      ...metric('bateau_repairs_total', 'counter', 'Repairs tried.', [...this.#repairs]),
      ...metric('bateau_given_up_total', 'counter', 'Troubles left to a person.', [...this.#givenUp]),
      ...metric(
        'bateau_lease_seconds',
        'gauge',
        'Seconds left of the delegated prefix.',
        facts.leases.map(({ prefix, seconds }) => [labels({ prefix }), seconds]),
      ),
      ...metric(
        'bateau_looks_total',
        'counter',
        'Looks at the server.',
        looks.map(([kind, { count }]) => [labels({ kind }), count]),
      ),
      ...metric(
        'bateau_look_seconds_total',
        'counter',
        'Time spent looking.',
        looks.map(([kind, { seconds }]) => [labels({ kind }), seconds]),
      ),
      ...metric('process_resident_memory_bytes', 'gauge', 'Memory of the agent itself.', [
        ['', facts.rssBytes],
      ]),
      ...metric('process_cpu_seconds_total', 'counter', 'Time of a core, its commands not counted.', [
        ['', facts.cpuSeconds],
      ]),
      '',
    ].join('\n')
  }
}

const values: Record<CheckResult['verdict'], number> = { yes: 1, no: 0, 'could-not-check': -1 }

const count = (map: Map<string, number>, key: string) => void map.set(key, (map.get(key) ?? 0) + 1)

function metric(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  samples: readonly (readonly [labels: string, value: number])[],
): string[] {
  if (samples.length === 0) return []
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(([labels, value]) => `${name}${labels} ${value}`),
  ]
}

function labels(pairs: Readonly<Record<string, string>>): string {
  const escaped = (text: string) =>
    text
      .replaceAll('\\', String.raw`\\`)
      .replaceAll('"', String.raw`\"`)
      .replaceAll('\n', String.raw`\n`)
  return `{${Object.entries(pairs)
    .map(([key, value]) => `${key}="${escaped(value)}"`)
    .join(',')}}`
}
