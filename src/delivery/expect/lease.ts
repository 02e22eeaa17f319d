// Decides when the server holds the delegation of its block, and what its absence means: refused, unanswered, or lost.
// Leaves asking for it to the DHCPv6 client.
import type { HostState, LeaseState } from '../../core/host-state.ts'
import type { Site } from '../../core/site.ts'
import { unclear, yes, type Seen } from '../../core/verdict.ts'
import type { Expectation } from '../expectation.ts'
import { broken } from '../trouble/catalogue.ts'

/** Seconds within which an answer belongs to the request before it, and before which a request may yet be answered. */
const answerTakes = 2

export function leaseExpectations(site: Site): Expectation[] {
  const { delivery } = site
  if (delivery.kind !== 'dhcpv6-pd') return []
  return [
    {
      id: 'network/delegation',
      title: `the provider delegates ${delivery.block} to ${site.name}`,
      codes: ['lease-lost', 'lease-refused', 'dhcpv6-silent', 'lease-expiring', 'lease-other-prefix'],
      judge(state) {
        if (state.unread.leases !== undefined) return unclear(state.unread.leases)
        const held = state.leases.find(({ prefix }) => prefix.equals(delivery.block))
        if (held && held.validSeconds !== 0) return heldLease(site, held)
        const other = state.leases.find(({ validSeconds }) => validSeconds !== 0)
        if (other) return broken(site, 'lease-other-prefix', words(other))
        return noLease(site, state)
      },
    },
  ]
}

function heldLease(site: Site, lease: LeaseState): Seen {
  return lease.preferredSeconds === 0 ? broken(site, 'lease-expiring', words(lease)) : yes(words(lease))
}

/** The firewall remembers when a request left and when an answer came: no need to read any client's log. */
function noLease(site: Site, { heard }: HostState): Seen {
  const asked = heard?.askedSeconds ?? null
  const answered = heard?.answeredSeconds ?? null
  if (asked === null)
    return broken(site, 'lease-lost', `no delegation of ${site.delivery.block}, and nobody asks for it`)
  const when = `asked ${Math.round(asked)} s ago`
  if (asked < answerTakes) return unclear(`no delegation of ${site.delivery.block}; ${when}`)
  return answered !== null && answered <= asked + answerTakes
    ? broken(site, 'lease-refused', `${when}, and answered, but not with ${site.delivery.block}`)
    : broken(site, 'dhcpv6-silent', `${when}, and no answer`)
}

function words({ client, prefix, validSeconds, preferredSeconds }: LeaseState): string {
  const valid = validSeconds === null ? 'as long as it says nothing else' : `valid for ${validSeconds} s more`
  return `${prefix} delegated to ${client}, ${valid}${preferredSeconds === 0 ? ', preferred no more' : ''}`
}
