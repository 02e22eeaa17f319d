// Decides whether packets of a server come through: out to two targets, and out from an address of the block.
// Leaves why they may not to what else is looked at on the server.
import type { Address } from '../../core/prefix.ts'
import type { Shell } from '../../core/shell.ts'
import type { Site } from '../../core/site.ts'
import { unclear, yes, type Seen } from '../../core/verdict.ts'
import { broken } from '../../delivery/trouble/catalogue.ts'
import type { HostLook } from '../host-look.ts'
import type { HostProbe } from '../host-probe.ts'
import { hasNoRoute, ping, type Pinged } from '../ping.ts'

type OutInput = { site: Site; shell: Shell; targets: readonly Address[] }

/** Echo requests to each target at first; where one is lost, so many more tell loss from chance. */
const few = 2
const many = 15
/** Share of lost replies from which a path is broken rather than busy. */
const lossy = 0.1

/** From whatever address the kernel takes: the server's own. */
export function outProbe(input: OutInput, look: () => Promise<HostLook>): HostProbe {
  const { site } = input
  return {
    id: `host/${site.name}/out`,
    title: `${site.name} reaches the internet`,
    vantage: site.name,
    codes: ['host-no-way-out', 'lossy-path'],
    async run() {
      await look()
      return out(input, await pingAll(input, undefined))
    },
  }
}

/** Out with a source address of the block: the way that replies of instances take. */
export function outFromBlockProbe(input: OutInput, look: () => Promise<HostLook>): HostProbe {
  const { site } = input
  const { service } = site.addressing
  return {
    id: `host/${site.name}/out-from-block`,
    title: `${site.name} reaches the internet from ${site.delivery.block}`,
    vantage: site.name,
    codes: ['block-not-delivered'],
    async run() {
      const { state } = await look()
      const held = state.addresses.some(({ address, tentative }) => address.equals(service) && !tentative)
      if (!held) return unclear(`no interface has ${service} to send from`)
      const all = await pingAll(input, service)
      if (all.every(({ pinged }) => !pinged.worked)) return unclear(words(all))
      if (all.some(({ pinged }) => pinged.received > 0)) return yes(`from ${service}: ${words(all)}`)
      return broken(site, 'block-not-delivered', `from ${service}: ${words(all)}`)
    },
  }
}

type Answer = { target: Address; pinged: Pinged }

function pingAll({ shell, targets }: OutInput, from: Address | undefined, count = few): Promise<Answer[]> {
  const source = from === undefined ? {} : { from }
  return Promise.all(
    targets.map(async (target) => ({ target, pinged: await ping(shell, target, { count, ...source }) })),
  )
}

async function out(input: OutInput, first: readonly Answer[]): Promise<Seen> {
  const { site } = input
  if (first.length === 0) return unclear('no target is known')
  if (first.every(({ pinged }) => !pinged.worked && !hasNoRoute(pinged))) return unclear(words(first))
  if (first.every(({ pinged }) => pinged.received === pinged.sent && pinged.sent > 0))
    return yes(words(first))
  if (first.every(({ pinged }) => pinged.received === 0)) return broken(site, 'host-no-way-out', words(first))
  const more = await pingAll(input, undefined, many)
  const answering = more.filter(({ pinged }) => pinged.received > 0)
  if (answering.length === 0) return broken(site, 'host-no-way-out', words(more))
  // A target that is silent while the other answers is the target's own trouble.
  const lost = answering.map(({ pinged }) => 1 - pinged.received / pinged.sent)
  return Math.min(...lost) >= lossy ? broken(site, 'lossy-path', words(more)) : yes(words(more))
}

const words = (all: readonly Answer[]): string =>
  all.map(({ target, pinged }) => `${target}: ${pinged.words}`).join('; ')
