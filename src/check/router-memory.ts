// Decides how often the routers of a link are asked: when the state is in doubt, and ever more rarely while nobody answers.
// Leaves asking to host/router, and what an answer means to probes/routers.
import type { Address } from '../core/prefix.ts'
import type { Shell } from '../core/shell.ts'
import { solicitRouter, throughRouter, type Through } from '../host/router.ts'
import type { HeardRouter } from '../wire/discovery.ts'

/** Seconds. A router answers within half a second, or at its next turn three seconds after the last (RFC 4861 section 6.2.6). */
const listenSeconds = 4
/** RFC 7559: who is not answered asks more and more rarely. */
const firstPause = 8
const longestPause = 300
/** What a router said stays true for this long, where it matters only whether it says it at all. */
const rememberSeconds = 300
/** A packet through a router says something about this long. */
const provenSeconds = 60

type Asked = { at: number; heard: readonly HeardRouter[]; pause: number }

/** What a chain asks of routers. Throws Trouble as host/router does. */
export type RouterAsking = Pick<RouterMemory, 'ask' | 'calm' | 'passes'>

/**
 * Kept from look to look by whoever looks more than once. Times are the server's seconds since boot.
 */
export class RouterMemory {
  #asked: Asked | undefined
  #asking: Promise<readonly HeardRouter[]> | undefined
  readonly #proven = new Map<string, { at: number; passes: boolean }>()

  /** Routers that answer. `fresh`: only what was heard in this very look, or silence that is not due to be asked again. */
  ask(shell: Shell, link: string, now: number, fresh: boolean): Promise<readonly HeardRouter[]> {
    this.#asking ??= this.#ask(shell, link, now, fresh).finally(() => (this.#asking = undefined))
    return this.#asking
  }

  async #ask(shell: Shell, link: string, now: number, fresh: boolean): Promise<readonly HeardRouter[]> {
    const last = this.#asked
    if (last && now >= last.at) {
      const silent = last.heard.length === 0
      const until = last.at + (silent ? last.pause : fresh ? 2 : rememberSeconds)
      if (now < until) return last.heard
    }
    const heard = await solicitRouter(shell, link, listenSeconds)
    const pause = heard.length > 0 ? firstPause : Math.min((last?.pause ?? firstPause / 2) * 2, longestPause)
    this.#asked = { at: now, heard, pause }
    return heard
  }

  /** The state shows a router that announces itself: the next silence is a new one. */
  calm(): void {
    if (this.#asked?.heard.length === 0) this.#asked = undefined
  }

  async passes(shell: Shell, router: Address, through: Through, now: number): Promise<boolean> {
    const key = `${router} ${through.routerMac}`
    const last = this.#proven.get(key)
    if (last && now >= last.at && now < last.at + provenSeconds) return last.passes
    const passes = await throughRouter(shell, through)
    this.#proven.set(key, { at: now, passes })
    return passes
  }
}
