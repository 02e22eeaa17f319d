// Decides what each refusal of a server of RFC 2136 says to a person, with what to do next.
// Leaves asking the server to rfc2136.
import type { Fault } from '../core/fault.ts'

export type Place = { zone: string; server: string; port: number; keyFile: string }

type Words = { code: string; title: string; why: string; fix: string }

const where = ({ server, port }: Place) => `${server}, port ${port}`

/** By RCODE (RFC 1035, 2136 section 2.2) or TSIG error (RFC 8945 section 5.3). */
const refusals: Record<string, (place: Place) => Words> = {
  BADKEY: (place) => ({
    code: 'dns-key-unknown',
    title: `the server of ${place.zone} does not know the key`,
    why: `${where(place)} has no key of the name and algorithm that ${place.keyFile} gives (BADKEY)`,
    fix: 'put the same key statement into the server’s configuration, or the server’s one into the file of dns.credentials',
  }),
  BADSIG: (place) => ({
    code: 'dns-key-wrong',
    title: `the key for ${place.zone} is not the one that the server has`,
    why: `${where(place)} knows a key of that name, but with another secret (BADSIG)`,
    fix: `copy the key anew from the server into ${place.keyFile}`,
  }),
  BADTIME: (place) => ({
    code: 'dns-clock',
    title: `the clocks of this machine and of the server of ${place.zone} differ too much`,
    why: `${where(place)} takes signatures of the last five minutes only (BADTIME, RFC 8945 section 5.2.3)`,
    fix: 'set the clock: timedatectl set-ntp true; then run the same command again',
  }),
  NOTAUTH: (place) => ({
    code: 'dns-not-served',
    title: `the server does not answer for the zone ${place.zone}`,
    why: `${where(place)} is not the zone's primary server (NOTAUTH)`,
    fix: `see who is: dig ${place.zone} SOA; the first name in the answer belongs under dns.server`,
  }),
  REFUSED: (place) => ({
    code: 'dns-refused',
    title: `the server refuses to have ${place.zone} read or changed`,
    why: `${where(place)} has no such zone for this key, or the key may not change it (REFUSED)`,
    fix: 'give the key the right to update the zone: update-policy { grant KEY zonesub ANY; }; in BIND, acl with action update in Knot',
  }),
  NOTIMP: (place) => ({
    code: 'dns-no-updates',
    title: `the server of ${place.zone} takes no dynamic updates`,
    why: `${where(place)} does not do RFC 2136 (NOTIMP)`,
    fix: 'use the provider’s API where it has one (dns.provider), or a server that takes updates',
  }),
  SERVFAIL: (place) => ({
    code: 'dns-server-failed',
    title: `the server of ${place.zone} failed`,
    why: `${where(place)} answered SERVFAIL: it could not load the zone, or not write its journal`,
    fix: 'read the server’s log; with BIND its directory must be writable for it',
  }),
}

/** An update was not carried out because the zone was not as it had been read. */
export const racedStatus = new Set(['NXRRSET', 'YXRRSET', 'NXDOMAIN', 'YXDOMAIN'])

export function statusFault(status: string, place: Place): Fault {
  const words = refusals[status]
  if (words) return words(place)
  return {
    code: 'dns-error',
    title: `the server of ${place.zone} answered ${status || 'nothing that could be read'}`,
    why: `asked at ${where(place)}`,
    fix: 'read the server’s log, then run the same command again',
  }
}

/** No answer at all; `said` is what dig or nsupdate wrote. */
export function silentFault(place: Place, code: number, said: string): Fault {
  if (code === 127)
    return {
      code: 'dns-tools',
      title: 'dig and nsupdate are not installed on this machine',
      why: 'records are read and changed with them',
      fix: 'apt-get install --no-install-recommends bind9-dnsutils',
    }
  const told = said.replaceAll(/^;+ ?/gm, '').trim().split('\n')[0] ?? ''
  if (/couldn't get address/.test(said))
    return {
      code: 'dns-server-name',
      title: `the name of the server of ${place.zone} is not known`,
      why: told,
      fix: 'mend dns.server in the course file, or write the server’s address there',
    }
  return {
    code: 'dns-unreachable',
    title: `the server of ${place.zone} does not answer`,
    why: `${where(place)}: ${told || 'no answer in time'}`,
    fix: `see whether it listens: dig @${place.server} -p ${place.port} +tcp ${place.zone} SOA`,
  }
}
