// Decides what can be carried out and resumed: a task that can look whether it is done, and do it.
// Leaves order and concurrency to run/scheduler, and what the tasks are to the rooms that make them.

/** What a look found. `seen` is said to the user: "3 of 4 files differ". */
export type Look = { done: boolean; seen: string }

/** How a task tells what it is doing while it does it. */
export interface Progress {
  /** The last line of a long command, for the live view; never holds a secret. */
  line(text: string): void
  /** Part of a whole, where it is known. */
  part(done: number, total: number): void
  readonly signal: AbortSignal
}

export type Task = {
  /** Unique in the run: `os1/openstack/keystone/sync`. */
  id: string
  title: string
  because: string
  /** Concurrency lane: tasks of a lane never exceed the lane's limit. `host:os1`, `cloud:os1`, `local`. */
  lane: string
  /** Ids of tasks that must be done (or kept) before. */
  after: readonly string[]
  /** Reads the world; no effects. Called before `act`, and again after it: a task is done when the world says so. */
  look(): Promise<Look>
  act(progress: Progress): Promise<void>
}
