// Decides that only one hand mends a server at a time: a lock file on the server that a running command holds.
// Leaves what is done meanwhile to the caller.
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'

/** Longest time that the lock is held, in seconds: whoever takes longer has lost it. */
const longest = 600

/**
 * $1 file, $2 seconds. Holds flock(2) on the file and writes a line a second: when nobody reads any more (a lost link,
 * a killed bateau) the write fails, and the lock is free. The sleeping child does not inherit it.
 */
const holdScript = `exec 9>"$1" || exit 1
flock -n 9 || exit 75
i=0
while echo held && [ $i -lt "$2" ]; do i=$((i + 1)); sleep 1 9>&-; done`

/** EX_TEMPFAIL of sysexits(3), from the script: somebody else has the lock. */
const taken = 75

/** Runs `body` while this server is ours to mend; null without running it when it is somebody else's. Throws Trouble `lock-failed`, or what the shell throws. */
export async function whileHeld<T>(
  shell: Shell,
  path: string,
  body: () => Promise<T>,
): Promise<{ done: T } | null> {
  const release = new AbortController()
  let ended: ((code: number) => void) | undefined
  const held = new Promise<number | 'held'>((resolve) => {
    ended = resolve
    const running = shell.run(['sh', '-c', holdScript, 'sh', path, String(longest)], {
      signal: release.signal,
      keep: false,
      onLine: (line) => line === 'held' && resolve('held'),
    })
    running.then(
      ({ code }) => ended?.(code),
      () => ended?.(255),
    )
  })
  const state = await held
  if (state === taken) return null
  if (state !== 'held')
    throw new Trouble({
      code: 'lock-failed',
      title: `${shell.name}: the lock ${path} could not be taken`,
      why: `the command that holds it ended with ${state}`,
      fix: `see on ${shell.name} that ${path} can be written and that flock(1) is there; then run the same command again`,
      host: shell.name,
    })
  try {
    return { done: await body() }
  } finally {
    release.abort()
  }
}
