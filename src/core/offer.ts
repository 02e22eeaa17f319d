// Decides what is known of a provider without asking it: what it sells, for how much, and how its IPv6 arrives.
// Leaves the list of them to provider/, and what follows from them to plan/.

/** Amounts are in `currency`, without VAT, as the provider lists them. */
export type Offer = {
  provider: string
  /** The provider's own name for it. */
  name: string
  /** Threads that the system sees. */
  cores: number
  ramMiB: number
  disks: readonly { kind: 'ssd' | 'nvme' | 'hdd'; sizeGiB: number; count: number }[]
  currency: string
  monthly: number | null
  hourly: number | null
  /** Paid once; null when it is not known. */
  setup: number | null
  /** Day the price was read, and where. */
  seen: string
  source: string
}

/** The offer of this name, in whatever letters. */
export function findOffer(
  offers: readonly Offer[],
  provider: string,
  name: string | null,
): Offer | undefined {
  return offers.find(
    (offer) => offer.provider === provider && offer.name.toLowerCase() === name?.toLowerCase(),
  )
}

/** Stands in a way for the distributions that the course's engine runs on; whoever shows it puts them there. */
export const anyDistribution = '{distribution}'

/** A provider's way with IPv6, and what a person does there before `bateau up`. */
export type ProviderWay = {
  provider: string
  /** Null where it differs from server to server. */
  delivery: 'routed' | 'dhcpv6-pd' | 'on-link' | null
  /** Address of the provider's router where it is the same for everybody; else null. */
  gateway: string | null
  /** What the provider's documentation says of it, as a clause. */
  says: string
  byHand: readonly string[]
}
