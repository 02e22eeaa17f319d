// Decides what several vantages say together: one answer where they agree, one finding where they do not.
// Leaves asking them to panel, and what the answer means to the probe that asked.
import { no, type Seen, unclear, yes } from '../core/verdict.ts'
import type { Testimony } from './vantage.ts'

type Fault = { code: string; why: string; fix: string; host?: string }

export type Claim = {
  /** What is asked about: `2001:db8::1`, `[2001:db8::1]:22`. */
  what: string
  /** What a `no` from everywhere means. */
  fault: (testimonies: readonly Testimony[]) => Fault
  /** Name of what is reached or not, for the finding: `os1`. */
  name: string
  host: string
}

/**
 * One answer of many. Whoever could not tell is named and counts for nothing; when nobody could, the answer is that it
 * could not be checked. Fault code where they differ: `reachable-from-some`.
 */
export function together(claim: Claim, testimonies: readonly Testimony[]): Seen {
  const label = labels(testimonies)
  const of = (verdict: Testimony['verdict']) => testimonies.filter((one) => one.verdict === verdict)
  const [reached, missed, mute] = [of('yes'), of('no'), of('could-not-check')]
  const said = (one: Testimony) => `${label(one)}: ${one.seen}`
  const silence = mute.length > 0 ? [`no word from ${mute.map(said).join('; ')}`] : []
  const alone = testimonies.length === 1
  const [first] = testimonies
  if (first === undefined || mute.length === testimonies.length)
    return unclear(mute.length > 0 ? mute.map(said).join('; ') : 'no vantage outside could be asked')
  const seen = alone
    ? `${claim.what}: ${first.seen}`
    : [`${claim.what}: ${[...missed, ...reached].map(said).join('; ')}`, ...silence].join('\n')
  if (missed.length === 0) return yes(seen)
  if (reached.length === 0) return no(seen, claim.fault(missed))
  return no(seen, {
    code: 'reachable-from-some',
    title: `${claim.name} is reachable from ${and(reached.map(label))}, not from ${and(missed.map(label))}`,
    why: 'it answers, so server and cloud are well; on the way from those that get no answer a network lacks the route or filters it: the provider announces the block to some of its neighbours only, or a new announcement has not spread yet',
    fix: `show the provider this line; from there by hand: mtr -6 ${claim.what.replace(/^\[(.*)\].*$/, '$1')}`,
    host: claim.host,
  })
}

/** The shortest words that tell the vantages apart: the country where each has its own, else the name with it. */
function labels(testimonies: readonly Testimony[]): (one: Testimony) => string {
  const shared = (place: string) => testimonies.filter((one) => one.place === place).length > 1
  return ({ vantage, place }) =>
    place === null ? vantage : shared(place) || !vantage.includes(place) ? named(vantage, place) : place
}

const named = (vantage: string, place: string) =>
  vantage.includes(place) ? vantage : `${vantage} (${place})`

function and(words: readonly string[]): string {
  const all = [...new Set(words)]
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`
}
