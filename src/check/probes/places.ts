// Decides which places the proof looks from, and says of each whether it can tell at all.
// Leaves what they are asked to the other probes.
import { unclear, yes } from '../../core/verdict.ts'
import type { Probe } from '../probe.ts'
import type { ProofInput } from '../proof-input.ts'
import type { Vantage } from '../vantage.ts'

export const outsideWorks = 'vantage/outside'

/** The proof with its vantages: the place outside first, then the others. */
export type Scope = { input: ProofInput; vantages: readonly Vantage[] }

/** For people: who is asked about a server. */
export const names = (vantages: readonly Vantage[], about?: string) =>
  vantages
    .filter(({ server }) => server === null || server !== about)
    .map(({ name }) => name)
    .join(', ')

/** Without one that works every `no` from outside would be a guess. Then those that the course file asks for, one by one. */
export function vantageProbes({ vantages }: Scope): Probe[] {
  return [
    {
      id: outsideWorks,
      title: 'there is a place outside with IPv6 to look from',
      vantage: names(vantages),
      async run() {
        const all = (await Promise.all(vantages.map((one) => one.control()))).flat()
        const able = all.filter(({ verdict }) => verdict === 'yes')
        const words = (some: typeof all) => some.map(({ vantage, seen }) => `${vantage}: ${seen}`).join('; ')
        return able.length > 0 ? yes(words(able)) : unclear(words(all), nowhere)
      },
    },
    ...vantages
      .filter(({ named }) => named)
      .map((one) => ({
        id: `vantage/${slug(one.name)}`,
        title: `${one.name} can tell what it reaches`,
        vantage: one.name,
        async run() {
          const all = await one.control()
          const able = all.filter(({ verdict }) => verdict === 'yes')
          const seen = all
            .map(({ place, seen: said }) => (place === null ? said : `${place}: ${said}`))
            .join('; ')
          return able.length > 0 ? yes(seen) : unclear(seen)
        },
      })),
  ]
}

const nowhere = {
  code: 'no-vantage',
  title: 'no place to look from has IPv6',
  why: 'this machine has none, and no other vantage could tell either: whether the internet reaches the course is unknown, not wrong',
  fix: 'name a host with IPv6 that you reach by SSH: check: {vantages: [{name: maison, ssh: user@host}]}; or let others look: check: {globalping: {enabled: true}}',
}

const slug = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9.-]+/g, '-')
