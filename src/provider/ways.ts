// Decides what bateau knows of each provider's ways: how IPv6 arrives, and what a person does there by hand.
// Leaves ordering and cancelling to files of their own, once a provider's API is called.
import { anyDistribution, type ProviderWay } from '../core/offer.ts'

const install = `install ${anyDistribution} with your public key for root, or for a user with sudo without a password`

/** As each provider's documentation has it for dedicated servers, read in 2025 and 2026. */
export const ways: readonly ProviderWay[] = [
  {
    provider: 'adopted',
    delivery: null,
    gateway: null,
    says: 'a server of yours, from anyone',
    byHand: [install, 'ask how its IPv6 block arrives: routed, or delegated by DHCPv6 to a DUID'],
  },
  {
    provider: 'dedibox',
    delivery: 'dhcpv6-pd',
    gateway: null,
    says: 'Dedibox delegates blocks by DHCPv6, to the DUID of the block',
    byHand: [
      install,
      'in the console, switch IPv6 SLAAC on for the server where there is the switch',
      "make a /56 out of the account's /48, one for each server, and copy it with its own DUID",
    ],
  },
  {
    provider: 'elastic-metal',
    delivery: 'routed',
    gateway: null,
    says: 'a flexible IPv6 of Elastic Metal is routed to the server that it is attached to',
    byHand: [install, 'attach a flexible IPv6 and copy its /64'],
  },
  {
    provider: 'hetzner',
    delivery: 'routed',
    gateway: 'fe80::1',
    says: "Hetzner routes the block to the server's link-local address; its own router is fe80::1",
    byHand: [install, 'copy the /64 that comes with the server'],
  },
  {
    provider: 'ovh',
    delivery: 'on-link',
    gateway: null,
    says: "OVHcloud's /64 is on-link: its router asks for every address by neighbour discovery",
    byHand: [install, 'copy block and gateway from specifications/network of its API'],
  },
]
