// Decides which vantages are asked: every one that may speak of a server, the costly ones once and only where it counts.
// Leaves what each can say to vantage, and what they say together to regions.
import { setTimeout as pause } from 'node:timers/promises'
import type { Question, Testimony, Vantage } from './vantage.ts'

/** Milliseconds between two looks at something that may still be starting. */
const betweenLooks = 1_000

export type Asking = {
  /** Server that the question is about: what runs on it does not testify. */
  about: string
  /** Worth a costly question. */
  wide?: boolean
  /** Seconds that the answer may take to become `yes`. */
  patienceSeconds?: number
  now?: () => Date
  signal?: AbortSignal | undefined
}

/** Asks every vantage at once; with patience, again until one of the cheap ones says yes. The costly ones are asked once. */
export async function askAll(
  vantages: readonly Vantage[],
  question: Question,
  asking: Asking,
): Promise<Testimony[]> {
  const { about, wide = false, patienceSeconds = 0, now = () => new Date(), signal } = asking
  const able = vantages.filter(({ server }) => server !== about)
  const ask = async (some: readonly Vantage[]) =>
    (await Promise.all(some.map((one) => one.ask(question)))).flat()
  const cheap = able.filter(({ costly }) => !costly)
  const costly = wide ? able.filter((one) => one.costly) : []
  const deadline = now().getTime() + patienceSeconds * 1_000
  let said = await ask(cheap)
  const waiting = () =>
    said.some(({ verdict }) => verdict === 'no') && said.every(({ verdict }) => verdict !== 'yes')
  const mayWait = () => signal?.aborted !== true && now().getTime() < deadline
  while (waiting() && mayWait()) {
    await pause(betweenLooks)
    said = await ask(cheap)
  }
  return [...said, ...(await ask(costly))]
}

/** The first vantage with a shell that passed its control and may speak of `about`; undefined when there is none. */
export async function witness(vantages: readonly Vantage[], about: string): Promise<Vantage | undefined> {
  for (const one of vantages) {
    if (one.shell === null || one.server === about) continue
    if ((await one.control()).some(({ verdict }) => verdict === 'yes')) return one
  }
  return undefined
}
