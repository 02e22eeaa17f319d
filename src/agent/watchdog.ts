// Decides how systemd is told that the agent lives: only after a turn of its loop that really went round.
// Leaves the times to the unit (delivery/agent).
import type { Shell } from '../core/shell.ts'

/** Calls systemd-notify(1) at most this often: every turn would otherwise cost a process. */
const everyMilliseconds = 20_000

export type Watchdog = { ready(): Promise<void>; beat(now: number): Promise<void> }

/** Does nothing where nobody listens (NOTIFY_SOCKET of sd_notify(3) is not set). */
export function watchdog(shell: Shell, environment: NodeJS.ProcessEnv): Watchdog {
  const notify = async (word: string) => {
    if (environment['NOTIFY_SOCKET'] === undefined) return
    await shell.run(['systemd-notify', word], { timeout: 5_000 })
  }
  let last = Number.NEGATIVE_INFINITY
  return {
    ready: () => notify('--ready'),
    async beat(now) {
      if (now - last < everyMilliseconds) return
      last = now
      await notify('WATCHDOG=1')
    },
  }
}
