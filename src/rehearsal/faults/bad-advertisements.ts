// Decides what broken and absurd router advertisements look like; a host that follows the RFCs does nothing about them.
// Leaves well-formed ones from a wrong router to stray-router.
import type { RehearsedFault } from '../fault.ts'
import { advertisement, sendOnce } from './raw-advertisement.ts'

const prefix = (length: number, valid: string, preferred: string) =>
  `0304${length.toString(16).padStart(2, '0')}c0${valid}${preferred}0000000020010002dead00000000000000000000`

/** RFC 4861 section 6.1.2 and RFC 4862 section 5.5.3 say of each that it is ignored, whole or in part. */
const broken = [
  // shorter than the header
  '86000000400003',
  advertisement({ lifetime: 12 }).slice(0, 24),
  // an option of length 0, and one that is longer than the message
  advertisement({ lifetime: 12, options: '0300' + '00'.repeat(6) }),
  advertisement({ lifetime: 12, options: '03ff' + '00'.repeat(6) }),
  advertisement({ lifetime: 12, options: '05' }),
  // a prefix of 200 bits, one preferred for longer than it is valid, one of fe80::
  advertisement({ lifetime: 12, options: prefix(200, '00000e10', '00000e10') }),
  advertisement({ lifetime: 12, options: prefix(64, '00000001', 'ffffffff') }),
  // an MTU below 1280 and one of 4 GiB
  advertisement({ lifetime: 12, options: '0501000000000044' }),
  advertisement({ lifetime: 12, options: '05010000ffffffff' }),
]

/** Rounds: as many as a broken router sends in an hour, at once. */
const rounds = 20

export const badAdvertisements: RehearsedFault = {
  says: 'truncated and absurd router advertisements arrive, hundreds at once',
  async inject(places) {
    await sendOnce(places, Array.from({ length: rounds }, () => broken).flat())
  },
  async clear() {},
}

/** Seconds; RFC 4861 section 4.2 allows 9000 to be sent, and asks receivers to bear anything. */
const absurdLifetime = 65_535

export const absurdLifetimeAdvertised: RehearsedFault = {
  says: `the router announces itself for ${absurdLifetime} s, then as before`,
  async inject(places) {
    await sendOnce(places, [advertisement({ lifetime: absurdLifetime })])
  },
  async clear() {},
}
