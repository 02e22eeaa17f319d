// Decides how a thing made of parts becomes a task: what is missing is made, in order, and what is there is not touched.
// Leaves what the parts are to the tasks' files, and reading the cloud to survey.
import type { Task } from '../core/task.ts'
import type { Cloud } from '../cloud/open.ts'
import type { Held } from './survey.ts'

export type Part<S> = {
  /** As said when it is missing: "subnet". */
  name: string
  /** It is there and as wanted. Throws Trouble for what is in the way and must not be touched. */
  there(state: S): boolean | Promise<boolean>
  /** Makes it, and gives what must be changed in the state to be true again. Called only when all parts before are there. */
  make(cloud: Cloud, state: S): Promise<(state: S) => void>
}

export type Head = Pick<Task, 'id' | 'title' | 'because' | 'lane' | 'after'>

export function partsTask<S>(
  head: Head,
  held: Held<S>,
  cloud: () => Promise<Cloud>,
  parts: readonly Part<S>[],
): Task {
  let acted = false
  const missing = async () => {
    const state = await held.read()
    const there = await Promise.all(parts.map(async (part) => part.there(state)))
    return parts.filter((_, i) => there[i] === false).map(({ name }) => name)
  }
  return {
    ...head,
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
      for (const [i, part] of parts.entries()) {
        progress.part(i, parts.length)
        progress.signal.throwIfAborted()
        try {
          const state = await held.read()
          if (await part.there(state)) continue
          progress.line(part.name)
          const change = await part.make(hands, state)
          change(await held.read())
        } catch (error) {
          held.forget()
          throw error
        }
      }
    },
  }
}

/** Puts it in the list, in the place of the one with its id where there is one. */
export function put<T extends { id: string }>(all: T[], one: T): void {
  const at = all.findIndex(({ id }) => id === one.id)
  if (at < 0) all.push(one)
  else all[at] = one
}
