// Decides what is known of something a provider sells: its size, its price, and from when that knowledge is.
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
