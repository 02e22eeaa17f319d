// Decides how a thing made of parts becomes a task: what is missing is made, each part when those before it are there, and
// what is there is not touched.
// Leaves what the parts are to the tasks' files, and reading the cloud to survey.
import { Trouble } from '../core/fault.ts'
import type { Progress, Task } from '../core/task.ts'
import type { Cloud } from '../cloud/open.ts'
import type { Held } from './survey.ts'

export type Part<S> = {
  /** As said when it is missing: "subnet". */
  name: string
  /** Names of the parts that must be there before it is made; left out: all that stand before it. */
  needs?: readonly string[]
  /** It is there and as wanted. Throws Trouble for what is in the way and must not be touched. */
  there(state: S): boolean | Promise<boolean>
  /** Makes it, and gives what must be changed in the state to be true again. Called only when the parts that it needs are there. */
  make(cloud: Cloud, state: S): Promise<(state: S) => void | Promise<void>>
}

export type Head = Pick<Task, 'id' | 'title' | 'because' | 'lane' | 'after'>

/** A task that can say what it would make. */
export type PartsTask = Task & {
  /** How many parts there are. */
  parts: number
  /** Names of the parts that are missing or not as wanted, read without effects. Throws Trouble. */
  missing(): Promise<string[]>
}

export function partsTask<S>(
  head: Head,
  held: Held<S>,
  cloud: () => Promise<Cloud>,
  parts: readonly Part<S>[],
): PartsTask {
  let acted = false
  const missing = async () => {
    const state = await held.read()
    const there = await Promise.all(parts.map(async (part) => part.there(state)))
    return parts.filter((_, i) => there[i] === false).map(({ name }) => name)
  }
  const carry = async (part: Part<S>, hands: Cloud, progress: Progress) => {
    progress.signal.throwIfAborted()
    const state = await held.read()
    if (await part.there(state)) return
    progress.line(part.name)
    const change = await part.make(hands, state)
    await change(await held.read())
  }
  return {
    ...head,
    parts: parts.length,
    missing,
    async look() {
      let names = await missing()
      if (names.length > 0 && acted) {
        held.forget()
        names = await missing()
      }
      return names.length === 0
        ? { done: true, seen: 'as planned' }
        : { done: false, seen: `missing: ${names.join(', ')}` }
    },
    async act(progress) {
      acted = true
      const hands = await cloud()
      let made = 0
      const begun: Promise<void>[] = []
      for (const [i, part] of parts.entries()) {
        const before = begun.filter((_, k) => part.needs?.includes(parts[k]?.name ?? '') ?? k < i)
        begun.push(
          Promise.all(before).then(async () => {
            await carry(part, hands, progress)
            progress.part(++made, parts.length)
          }),
        )
      }
      const ended = await Promise.allSettled(begun)
      const wrong = ended.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
      if (wrong.length === 0) return
      held.forget()
      // A bug is not hidden behind a trouble.
      throw wrong.find((error) => !(error instanceof Trouble)) ?? wrong[0]
    },
  }
}

/** Puts it in the list, in the place of the one with its id where there is one. */
export function put<T extends { id: string }>(all: T[], one: T): void {
  const at = all.findIndex(({ id }) => id === one.id)
  if (at < 0) all.push(one)
  else all[at] = one
}
