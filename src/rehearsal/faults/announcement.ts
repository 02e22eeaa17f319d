// Decides how the router's announcements stop reaching one server: lost on its port, withdrawn, or with a lifetime that runs out.
// Leaves the other servers' announcements alone, though one radvd sends them all: the port of the one is where they end.
import { dropTable, type FaultPlaces, loadTable, must, type RehearsedFault, tableOf } from '../fault.ts'
import { advertisement, sendOnce } from './raw-advertisement.ts'

const family = 'bridge'

/** Advertisements of the real router end at the port; one with `lifetime`, which it never sends, passes. */
const silence = (places: FaultPlaces, lifetime?: number): string => {
  // RFC 4861 section 4.2: the router lifetime is the 16 bits after type, code, checksum, hop limit and flags.
  const passes = lifetime === undefined ? '' : `@th,48,16 != ${lifetime} `
  return loadTable(
    family,
    tableOf('ra', places),
    `  chain out { type filter hook output priority 0; oifname "${places.server.port}" icmpv6 type nd-router-advert ${passes}drop; }`,
  )
}

const heardAgain = async (places: FaultPlaces) => {
  await must(places.edge, dropTable(family, tableOf('ra', places)))
}

export const advertisementsLost: RehearsedFault = {
  says: "the router's advertisements no longer reach this one server",
  async inject(places) {
    await must(places.edge, silence(places))
  },
  clear: heardAgain,
}

/** RFC 4861 section 6.2.5: a router that ceases says so with a lifetime of 0, and is silent from then on. */
export const advertisementsWithdrawn: RehearsedFault = {
  says: 'the router withdraws: a last advertisement with lifetime 0, then silence',
  async inject(places) {
    await must(places.edge, silence(places, 0))
    await sendOnce(places, [advertisement({ lifetime: 0 })])
  },
  clear: heardAgain,
}

/** Seconds. */
const shortLived = 4

export const advertisementShortLived: RehearsedFault = {
  says: `the router announces itself for ${shortLived} s only, and not again`,
  async inject(places) {
    await must(places.edge, silence(places, shortLived))
    await sendOnce(places, [advertisement({ lifetime: shortLived })])
  },
  clear: heardAgain,
}
