// Decides how a zone behaves that does all or nothing of a batch, without a server: for looks at what is decided, by the thousand.
// Leaves what real servers do to test/ways/dns.
import { Trouble } from '../../src/core/fault.ts'
import { markerName, readMarker } from '../../src/dns/marker.ts'
import { type Rrset, sameData } from '../../src/dns/record.ts'
import { type Batch, racedFault, type Snapshot, type ZoneHand, type ZoneKind } from '../../src/dns/zone.ts'

export class FakeZone implements ZoneHand {
  readonly zone = 'course.example'
  readonly kind: ZoneKind = 'forward'
  readonly where = 'memory'
  limits = { names: 3, text: 40 }
  records: Rrset[]
  updates = 0

  constructor(records: readonly Rrset[] = []) {
    this.records = [...records]
  }

  async read(course: string, wanted: readonly string[]): Promise<Snapshot> {
    const marker = this.#at(markerName(course), 'TXT')
    const held = readMarker(course, marker?.data ?? [])
    const names = new Set([...wanted, ...held])
    return {
      marker: { ttl: marker?.ttl ?? 0, texts: marker?.data ?? [] },
      held,
      found: this.records.filter(({ name, type }) => type !== 'TXT' && names.has(name)),
      negative: 60,
    }
  }

  async apply({ marker, claimed, changes }: Batch): Promise<void> {
    const before = this.#at(marker.name, 'TXT')?.data ?? []
    const stale =
      before.join(' ') !== [...marker.was].join(' ') ||
      this.records.some(({ name }) => claimed.includes(name)) ||
      changes.some(({ name, type, was }) => {
        const is = this.#at(name, type)
        return was === null ? is !== undefined : is === undefined || !sameData(is, was)
      })
    if (stale) throw new Trouble(racedFault(this.zone))
    const texts: Rrset = { name: marker.name, type: 'TXT', ttl: marker.ttl, data: marker.now }
    const all = [...changes, { name: marker.name, type: 'TXT', now: marker.now.length > 0 ? texts : null }]
    for (const { name, type, now } of all) {
      this.records = this.records.filter((one) => one.name !== name || one.type !== type)
      if (now !== null) this.records.push(now)
    }
    this.updates++
  }

  #at(name: string, type: string): Rrset | undefined {
    return this.records.find((one) => one.name === name && one.type === type)
  }
}
