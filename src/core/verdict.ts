// Decides what a look at the world may answer: yes, no, or could not check, and exactly what was seen.
// Leaves who looks, from where and when to check/.
import type { Fault } from './fault.ts'

export type Verdict = 'yes' | 'no' | 'could-not-check'

/** What was seen, in the words of the tool that saw it. A `no` carries why it matters and what to do. */
export type Seen = { verdict: Verdict; seen: string; fault?: Fault; about?: About }

/** What a repair needs to know of a `no` beyond its code: `{ router: 'fe80::bad' }`, `{ units: 'nginx.service' }`. */
export type About = Readonly<Record<string, string>>

export const yes = (seen: string): Seen => ({ verdict: 'yes', seen })
export const no = (seen: string, fault: Omit<Fault, 'title'> & { title?: string }): Seen => ({
  verdict: 'no',
  seen,
  fault: { title: seen, ...fault },
})
export const unclear = (seen: string, fault?: Fault): Seen => ({
  verdict: 'could-not-check',
  seen,
  ...(fault ? { fault } : {}),
})
