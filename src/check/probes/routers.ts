// Decides what the routers on the uplink are asked when the state alone does not tell: do you announce yourself, do you pass packets on.
// Leaves judging the state to delivery/expect, and how often to ask to router-memory.
import type { HostState } from '../../core/host-state.ts'
import type { Address } from '../../core/prefix.ts'
import type { Shell } from '../../core/shell.ts'
import type { Site } from '../../core/site.ts'
import { unclear, yes, type Seen } from '../../core/verdict.ts'
import { gatewayOf, isDefault, slaacAddresses } from '../../delivery/expect/router.ts'
import { broken } from '../../delivery/trouble/catalogue.ts'
import type { RouterAsking } from '../router-memory.ts'

export type Asking = { site: Site; shell: Shell; targets: readonly Address[]; memory: RouterAsking }

/** By the id of the expectation: what its judgement becomes when routers may be asked. */
export const asked: Readonly<
  Record<string, (asking: Asking, state: HostState, judged: Seen) => Promise<Seen>>
> = {
  'network/ra': announces,
  'network/slaac': announcesPrefix,
  'network/default-route': whichPasses,
}

async function announces({ site, shell, memory }: Asking, state: HostState, judged: Seen): Promise<Seen> {
  if (judged.verdict === 'yes') memory.calm()
  if (judged.verdict !== 'could-not-check') return judged
  const link = site.facts.uplink.name
  if (!carries(state, link)) return judged
  const heard = await memory.ask(shell, link, state.uptimeSeconds, true)
  const routers = heard.filter(({ advertisement }) => advertisement.lifetime > 0)
  if (routers.length > 0)
    return yes(
      routers
        .map(({ router, advertisement }) => `${router} answers, for ${advertisement.lifetime} s`)
        .join(', '),
    )
  const other = heard[0]
    ? `${heard[0].router} answers, but is no default router`
    : 'no router answers a solicitation'
  return broken(site, 'ra-silent', `${judged.seen}; ${other}`)
}

async function announcesPrefix(asking: Asking, state: HostState, judged: Seen): Promise<Seen> {
  const { site, shell, memory } = asking
  const link = site.facts.uplink.name
  const waiting = slaacAddresses(site, state).length > 0
  if (judged.verdict !== 'could-not-check' || waiting || !carries(state, link)) return judged
  const heard = await memory.ask(shell, link, state.uptimeSeconds, false)
  if (heard.length === 0) return unclear(`${judged.seen}; no router answers a solicitation`)
  const prefix = heard.flatMap((one) => one.prefixes).find(({ autonomous, valid }) => autonomous && valid > 0)
  if (prefix === undefined) return yes('no prefix is announced for addresses by SLAAC')
  return broken(site, 'slaac-address-lost', `${judged.seen}, and ${prefix.prefix} is announced for it`)
}

/** Of several default routers on the uplink all may be the provider's: a stray one is one that passes no packets on. */
async function whichPasses(asking: Asking, state: HostState, judged: Seen): Promise<Seen> {
  const { site } = asking
  if (judged.fault?.code !== 'second-default-route') return judged
  const link = site.facts.uplink.name
  const gateway = gatewayOf(site)
  const routers = new Map<string, Address>()
  for (const route of state.routes)
    if (isDefault(route) && route.dev === link && route.via) routers.set(String(route.via), route.via)
  const others = state.routes.filter((route) => isDefault(route) && route.dev !== link)
  if (routers.size < 2 || others.length > 0) return judged
  if (gateway !== 'ra') {
    const stray = [...routers.values()].find((router) => !router.equals(gateway))
    return stray ? { ...judged, about: { ...judged.about, stray: String(stray) } } : judged
  }
  const answers = await Promise.all(
    [...routers.values()].map(async (router) => ({ router, passes: await passes(asking, state, router) })),
  )
  const seen = answers.map(
    ({ router, passes }) => `${router} ${passes ? 'passes packets on' : 'passes nothing on'}`,
  )
  const failing = answers.filter((answer) => !answer.passes)
  const words = `${judged.seen}\n${seen.join(', ')}`
  if (failing.length === 0) return yes(words)
  const stray = failing.length < answers.length ? failing[0] : undefined
  return {
    ...judged,
    seen: words,
    ...(stray ? { about: { router: String(stray.router), stray: String(stray.router) } } : {}),
  }
}

async function passes(
  { site, shell, targets, memory }: Asking,
  state: HostState,
  router: Address,
): Promise<boolean> {
  const link = site.facts.uplink.name
  const from = slaacAddresses(site, state).find(
    ({ tentative, dadFailed }) => !tentative && !dadFailed,
  )?.address
  const [to] = targets
  const mac = state.neighbours.find((one) => one.link === link && one.address.equals(router))?.mac
  // A router whose card nobody knows was asked by the kernel itself, and did not answer.
  if (!mac) return false
  if (to === undefined) return true
  const through = { link, from: from ?? site.addressing.service, to, routerMac: mac }
  return memory.passes(shell, router, through, state.uptimeSeconds)
}

const carries = (state: HostState, link: string): boolean =>
  state.links.some((one) => one.name === link && one.up && one.carrier)
