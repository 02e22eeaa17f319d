// Decides how the steps of one host become tasks of a run: one after the other unless a step says otherwise.
// Leaves carrying a step out to host/steps.
import type { HostStep } from '../core/step.ts'
import type { Task } from '../core/task.ts'
import type { HostSteps } from '../host/steps.ts'

/** Tasks `HOST/step-id`; a step without `after` waits for the one before it, one with nothing before it for `begin`. */
export function hostTasks(
  host: string,
  steps: readonly HostStep[],
  hands: HostSteps,
  begin: readonly string[] = [],
): Task[] {
  const acted = new Set<string>()
  return steps.map((step, i) => {
    const before = steps[i - 1]
    const after = step.after
      ? step.after.map((id) => `${host}/${id}`)
      : before
        ? [`${host}/${before.id}`]
        : begin
    return {
      id: `${host}/${step.id}`,
      title: step.title,
      because: step.because,
      lane: `host:${host}`,
      after: after.length > 0 ? after : begin,
      look: () => hands.look(step.id, acted.has(step.id)),
      async act(progress) {
        acted.add(step.id)
        await hands.act(step.id, progress)
      },
    }
  })
}
