// Decides which offers bateau knows without asking anybody, each with the day and the place its price was read.
// Leaves ordering to the providers' own files, and whether an old price will do to plan/lint.
import type { Offer } from '../core/offer.ts'

type Row = Omit<Offer, 'ramMiB' | 'disks' | 'currency'> & { ramGiB: number; disks: string }

const cassette = 'answers of the Elastic Metal API recorded in terraform-provider-scaleway'
const table = 'price table of CloudPriceFinder (third party, undated)'

/**
 * Sizes and prices as listed, without VAT. `disks` is count x size in GB and kind. `seen` is the day a price was read, or
 * the last day that an undated source can be of.
 */
const rows: readonly Row[] = [
  {
    provider: 'elastic-metal',
    name: 'EM-A115X-SSD',
    cores: 4,
    ramGiB: 32,
    disks: '2 x 1000 ssd',
    monthly: 32.99,
    hourly: 0.091,
    setup: 32.99,
    seen: '2025-09-30',
    source: cassette,
  },
  {
    provider: 'elastic-metal',
    name: 'EM-A215R-HDD',
    cores: 12,
    ramGiB: 16,
    disks: '2 x 1000 hdd',
    monthly: 36.99,
    hourly: 0.101,
    setup: 36.99,
    seen: '2025-09-30',
    source: cassette,
  },
  {
    provider: 'dedibox',
    name: 'START-2-M-SATA',
    cores: 8,
    ramGiB: 16,
    disks: '1 x 1000 hdd',
    monthly: 15.99,
    hourly: null,
    setup: null,
    seen: '2025-12-31',
    source: table,
  },
  {
    provider: 'dedibox',
    name: 'START-2-M-SSD',
    cores: 8,
    ramGiB: 16,
    disks: '1 x 250 ssd',
    monthly: 15.99,
    hourly: null,
    setup: null,
    seen: '2025-12-31',
    source: table,
  },
  {
    provider: 'dedibox',
    name: 'START-2-L',
    cores: 12,
    ramGiB: 32,
    disks: '1 x 500 ssd',
    monthly: 24.99,
    hourly: null,
    setup: null,
    seen: '2025-12-31',
    source: table,
  },
]

export const catalogue: readonly Offer[] = rows.map(({ ramGiB, disks, ...row }) => ({
  ...row,
  currency: 'EUR',
  ramMiB: ramGiB * 1024,
  disks: [disksOf(disks)],
}))

function disksOf(text: string): Offer['disks'][number] {
  const [, count, size, kind] = /^(\d+) x (\d+) (ssd|nvme|hdd)$/.exec(text) ?? []
  return {
    kind: kind as 'ssd' | 'nvme' | 'hdd',
    count: Number(count),
    sizeGiB: (Number(size) * 1e9) / 2 ** 30,
  }
}
