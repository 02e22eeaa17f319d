// Decides the text that nsupdate(1) is given for a batch: what must be so beforehand, and the changes; all or nothing.
// Leaves running it, and what a refusal means, to rfc2136.
import type { Rrset } from './record.ts'
import { type Batch, ownTypes, type ZoneKind } from './zone.ts'

/** -v: TCP, as a batch is larger than a datagram. Seconds until it gives up on a server. */
export const nsupdateArgv = (keyFile: string): [string, ...string[]] => [
  'nsupdate',
  '-v',
  ...['-t', '20'],
  ...['-k', keyFile],
]

/** Milliseconds. */
export const nsupdatePatience = 60_000

/**
 * RFC 2136 sections 2.4 and 3.2: the server looks at all prerequisites before it changes anything. The marker must be
 * exactly what was read, so of two writers at once the second one changes nothing; what changes or goes must be as it
 * was read; where a name is new, nobody may have put anything meanwhile.
 */
export function nsupdateScript(
  at: { server: string; port: number; zone: string; kind: ZoneKind },
  { marker, claimed, changes }: Batch,
): string {
  const whole = (name: string) => `${name}.${at.zone}.`
  const text = (value: string) => (value.match(/.{1,255}/g) ?? ['']).map((part) => `"${part}"`).join(' ')
  const data = ({ type, data: all }: Rrset) => (type === 'TXT' ? all.map(text) : all)
  const must = (set: Rrset) => data(set).map((one) => `prereq yxrrset ${whole(set.name)} ${set.type} ${one}`)
  const mustNot = (name: string, type: string) => `prereq nxrrset ${whole(name)} ${type}`
  const markerSet = (texts: readonly string[]): Rrset => ({
    name: marker.name,
    type: 'TXT',
    ttl: marker.ttl,
    data: texts,
  })
  const replaced = (was: Rrset | null, now: Rrset | null, name: string, type: string) => [
    ...(was ? [`update delete ${whole(name)} ${type}`] : []),
    ...(now ? data(now).map((one) => `update add ${whole(name)} ${now.ttl} ${type} ${one}`) : []),
  ]
  const lines = [
    `server ${at.server} ${at.port}`,
    `zone ${at.zone}.`,
    ...(marker.was.length > 0 ? must(markerSet(marker.was)) : [mustNot(marker.name, 'TXT')]),
    ...claimed.flatMap((name) => [...ownTypes[at.kind], 'CNAME'].map((type) => mustNot(name, type))),
    ...changes.flatMap(({ name, type, was }) => {
      if (was !== null) return must(was)
      return claimed.includes(name) ? [] : [mustNot(name, type), mustNot(name, 'CNAME')]
    }),
    ...replaced(
      marker.was.length > 0 ? markerSet(marker.was) : null,
      marker.now.length > 0 ? markerSet(marker.now) : null,
      marker.name,
      'TXT',
    ),
    ...changes.flatMap(({ name, type, was, now }) => replaced(was, now, name, type)),
    'send',
  ]
  return `${lines.join('\n')}\n`
}
