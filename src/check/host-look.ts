// Decides when a server is read: once for all that is judged of it in one run, and once more when something was amiss.
// Leaves what is read to host/state and what is judged to delivery/expect.
import { setTimeout as pause } from 'node:timers/promises'
import type { HostState } from '../core/host-state.ts'
import type { Shell } from '../core/shell.ts'
import type { Site } from '../core/site.ts'
import { expectations } from '../delivery/expect/expectations.ts'
import { firewallUnit } from '../delivery/firewall.ts'
import { ndppdUnit } from '../delivery/ndppd.ts'
import { leaseUnit } from '../delivery/repair/lease-unit.ts'
import { uplinkUnit } from '../delivery/uplink-kernel.ts'
import { holderOf } from '../delivery/uplink.ts'
import { kernelKeys } from '../delivery/forwarding.ts'
import { readHostState, type StateQuestion } from '../host/state.ts'

/** One reading, with the moments of this machine's clock (milliseconds) between which it happened. */
export type HostLook = { state: HostState; asked: number; answered: number }

export type LookInput = {
  site: Site
  shell: Shell
  /** systemd units that must be active, besides bateau's own. */
  units: readonly string[]
  now: () => Date
  /**
   * Milliseconds after which a server with something amiss is read once more: duplicate address detection on a bridge
   * that was just made takes 1 to 2 s (RFC 4862 section 5.4). 0: what is seen first counts.
   */
  settle?: number
  /** Handed each reading as it is made. */
  onState?: (state: HostState) => void
}

/** What a site's judgement needs to be told of. */
export function stateQuestion(site: Site, units: readonly string[]): StateQuestion {
  const uplink = site.facts.uplink.name
  const conf = (link: string, key: string) => `net/ipv6/conf/${link}/${key}`
  return {
    host: site.name,
    uplink,
    units: ownUnits(site, units),
    kernel: [
      ...new Set([
        ...kernelKeys(site),
        conf('all', 'forwarding'),
        conf(uplink, 'forwarding'),
        conf(uplink, 'accept_ra'),
        conf(uplink, 'disable_ipv6'),
        conf(uplink, 'proxy_ndp'),
      ]),
    ],
  }
}

/** What the network of a site leans on, then the units of the engine and the agent; each once, in the order of need. */
export function ownUnits(site: Site, units: readonly string[]): string[] {
  const { facts, delivery } = site
  return [
    ...new Set([
      firewallUnit,
      // It has the bridges, whoever has the uplink.
      'systemd-networkd.service',
      ...(holderOf(facts) === 'kernel' ? [uplinkUnit] : []),
      ...[leaseUnit(site)].filter((unit) => unit !== undefined),
      ...(delivery.kind === 'on-link' && delivery.proxy === 'ndppd' ? [ndppdUnit] : []),
      ...units,
    ]),
  ]
}

/** Gives the same reading to all who ask in one run. */
export function onceLooked(input: LookInput): () => Promise<HostLook> {
  let looked: Promise<HostLook> | undefined
  return () => (looked ??= lookUntilSettled(input))
}

async function lookUntilSettled(input: LookInput): Promise<HostLook> {
  const first = await look(input)
  if (!input.settle || isWell(input.site, first.state)) return first
  await pause(input.settle)
  return look(input)
}

async function look({ site, shell, units, now, onState }: LookInput): Promise<HostLook> {
  const asked = now().getTime()
  const state = await readHostState(shell, stateQuestion(site, units))
  const answered = now().getTime()
  onState?.(state)
  return { state, asked, answered }
}

function isWell(site: Site, state: HostState): boolean {
  return expectations(site).every((expectation) => expectation.judge(state).verdict === 'yes')
}
