// Decides what bateau says and needs of a server that somebody rented already, and of each provider's ways.
// Leaves ordering and cancelling to providers with an API.

/** How a provider delivers IPv6, as its own documentation has it. */
export type Habit = {
  provider: string
  title: string
  delivery: 'routed' | 'dhcpv6-pd' | 'on-link' | null
  /** What a person does by hand for a server of theirs, in order. */
  byHand: readonly string[]
}

/** What a person does before `bateau up`, while no provider's API is called. */
export const habits: readonly Habit[] = [
  {
    provider: 'adopted',
    title: 'a server you have',
    delivery: null,
    byHand: [
      'install Debian 13 and put your public key for root (or a user with sudo without a password)',
      'write its address, and how its IPv6 block arrives, into the course file',
    ],
  },
  {
    provider: 'dedibox',
    title: 'Scaleway Dedibox',
    delivery: 'dhcpv6-pd',
    byHand: [
      'order the server, install Debian 13 with your public key',
      'in the console: IPv6 SLAAC on for the server where there is such a switch; DHCPv6 does not answer without',
      'make a /56 out of the /48 of your account and copy it with its DUID',
    ],
  },
  {
    provider: 'elastic-metal',
    title: 'Scaleway Elastic Metal',
    delivery: 'routed',
    byHand: [
      'order the server with Debian 13 and your public key',
      'attach a flexible IPv6 and copy its /64',
    ],
  },
  {
    provider: 'hetzner',
    title: 'Hetzner dedicated',
    delivery: 'routed',
    byHand: [
      'order the server, install Debian 13 with your public key',
      'copy its /64; the gateway is fe80::1',
    ],
  },
  {
    provider: 'ovh',
    title: 'OVHcloud dedicated',
    delivery: 'on-link',
    byHand: [
      'order the server, install Debian 13 with your public key',
      'copy its /64 and its gateway from specifications/network',
    ],
  },
]

export function habitOf(provider: string): Habit | undefined {
  return habits.find((habit) => habit.provider === provider)
}
