// Decides which light drills there are: for each fault of the provider or a server, what must come of it.
// Leaves those that need the real cloud to test/voyage.
import type { Drill } from './drill.ts'

const direct = { instance: 'direct', limit: 120 } as const

export const lightDrills: readonly Drill[] = [
  { ...direct, on: 'pd1', fault: 'ra-withdrawn', code: 'ra-silent', mendedBy: 'provider' },
  { ...direct, on: 'pd1', fault: 'slaac-flushed', code: 'slaac-address-lost', mendedBy: 'agent' },
  { ...direct, on: 'pd1', fault: 'duid-wrong', code: 'lease-refused', mendedBy: 'person', advice: /DUID/ },
  {
    ...direct,
    on: 'pd1',
    fault: 'public-address-removed',
    code: 'public-address-lost',
    mendedBy: 'agent',
    stands: true,
  },
  { ...direct, on: 'pd1', fault: 'cable-pulled', code: 'link-no-carrier', mendedBy: 'provider' },
  { ...direct, on: 'pd1', fault: 'block-forgotten', code: 'block-not-delivered', mendedBy: 'agent' },
  { ...direct, on: 'pd1', fault: 'ra-malformed', code: null, mendedBy: 'platform' },

  {
    ...direct,
    on: 'pd2',
    fault: 'dhcpv6-silent',
    code: 'dhcpv6-silent',
    alsoRight: ['lease-lost', 'lease-expiring'],
    mendedBy: 'provider',
  },
  { ...direct, on: 'pd2', fault: 'default-route-deleted', code: 'default-route-lost', mendedBy: 'agent' },
  { ...direct, on: 'pd2', fault: 'forwarding-off', code: 'forwarding-off', mendedBy: 'agent', stands: true },
  {
    ...direct,
    on: 'pd2',
    fault: 'block-changed',
    code: 'lease-other-prefix',
    mendedBy: 'person',
    advice: /block|prefix/i,
  },
  { ...direct, on: 'pd2', fault: 'rebooted', code: null, alsoRight: ['rebooted'], mendedBy: 'platform' },

  { ...direct, on: 'pd3', fault: 'ra-short-lived', code: 'ra-silent', mendedBy: 'provider' },
  {
    ...direct,
    on: 'pd3',
    fault: 'block-shrunk',
    code: 'lease-other-prefix',
    mendedBy: 'person',
    advice: /block|prefix/i,
  },
  { ...direct, on: 'pd3', fault: 'neighbour-poisoned', code: 'block-not-delivered', mendedBy: 'agent' },
  { ...direct, on: 'pd3', fault: 'lifetimes-absurd', code: null, mendedBy: 'platform' },
  {
    ...direct,
    on: 'pd3',
    fault: 'firewall-flushed',
    code: 'firewall-missing',
    alsoRight: ['flood-guard-missing'],
    mendedBy: 'agent',
    stands: true,
  },
  { ...direct, on: 'pd3', fault: 'agent-killed', code: null, mendedBy: 'platform' },

  { ...direct, on: 'routed', fault: 'ra-lost', code: 'ra-silent', mendedBy: 'provider' },
  { ...direct, on: 'routed', fault: 'stray-router', code: 'second-default-route', mendedBy: 'agent' },
  {
    ...direct,
    on: 'routed',
    fault: 'tenant-route-removed',
    instance: 'class',
    code: 'tenant-route-lost',
    mendedBy: 'agent',
    stands: true,
  },
  {
    ...direct,
    on: 'routed',
    fault: 'icmpv6-dropped',
    instance: 'class',
    code: 'icmpv6-dropped',
    mendedBy: 'person',
    advice: /hardening/,
  },
  {
    ...direct,
    on: 'routed',
    fault: 'packets-lost',
    code: 'lossy-path',
    mendedBy: 'person',
    advice: /provider/,
  },
  {
    ...direct,
    on: 'routed',
    fault: 'service-address-removed',
    code: 'service-address-lost',
    mendedBy: 'agent',
  },

  {
    ...direct,
    on: 'kernel',
    fault: 'accept-ra-reset',
    code: 'accept-ra-reset',
    mendedBy: 'agent',
    stands: true,
  },
  { ...direct, on: 'kernel', fault: 'card-switched-off', code: 'link-down', mendedBy: 'agent' },
  { ...direct, on: 'kernel', fault: 'ra-absurd', code: null, mendedBy: 'platform' },
  {
    ...direct,
    on: 'kernel',
    fault: 'clock-jumped',
    code: null,
    alsoRight: ['clock-skewed'],
    mendedBy: 'platform',
  },
]
