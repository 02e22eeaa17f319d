// Decides what the agent looks at: the checks of a server that `bateau check` makes too, run where they need no SSH.
// Leaves the checks to check/host-chain.
import { hostChain, hostId } from '../check/host-chain.ts'
import { runProbes } from '../check/probe.ts'
import type { CheckResult } from '../check/result.ts'
import { RouterMemory } from '../check/router-memory.ts'
import type { HostState } from '../core/host-state.ts'
import type { Shell } from '../core/shell.ts'
import type { Clock } from './clock.ts'
import type { AgentConfig } from './config.ts'
import type { LookKind } from './loop.ts'

/** A wall clock that was set is told of for this long; then what it is set to counts as right. */
const jumpMilliseconds = 600_000

/** The checks of this server. Each look makes its own reading; `state` is the last one. */
export class Chain {
  state: HostState | undefined
  readonly #config: AgentConfig
  readonly #shell: Shell
  readonly #clock: Clock
  readonly #active: ReadonlySet<string>
  readonly #clockId: string
  /** Routers that do not answer are asked more and more rarely. */
  readonly #routers = new RouterMemory()
  #base: { state: HostState; at: number } | undefined

  constructor(config: AgentConfig, shell: Shell, clock: Clock) {
    this.#config = config
    this.#shell = shell
    this.#clock = clock
    this.#active = new Set(['out', 'out-from-block'].map((id) => hostId(config.site, id)))
    this.#clockId = hostId(config.site, 'clock')
  }

  /** Only a full look sends packets. */
  isActive(id: string): boolean {
    return this.#active.has(id)
  }

  async look(kind: LookKind, signal: AbortSignal): Promise<CheckResult[]> {
    const { site, units, targets } = this.#config
    const probes = hostChain({
      site,
      shell: this.#shell,
      units,
      targets: targets.pings,
      now: () => this.#clock.wall(),
      memory: this.#routers,
      ...(this.#base ? { before: this.#base.state } : {}),
      onState: (state) => void (this.state = state),
    })
    const asked = kind === 'full' ? probes : probes.filter(({ id }) => !this.#active.has(id))
    const results = await runProbes(asked, { now: () => this.#clock.wall(), signal })
    this.#remember(results)
    return results
  }

  #remember(results: readonly CheckResult[]): void {
    if (this.state === undefined) return
    const now = this.#clock.milliseconds()
    const jumped = results.some(({ id, verdict }) => id === this.#clockId && verdict === 'no')
    if (jumped && this.#base && now - this.#base.at < jumpMilliseconds) return
    this.#base = { state: this.state, at: now }
  }
}
