// Decides which hand a course's zones are changed by, from the section `dns` of its file.
// Leaves each provider to its file.
import { type Fault, type Outcome, Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import { readKeys } from './credentials.ts'
import { ovhApi, ovhZone } from './ovh.ts'
import { readZone } from './record.ts'
import { rfc2136Zone } from './rfc2136.ts'
import { scalewayApi, scalewayZone } from './scaleway.ts'
import type { DnsClock, ZoneHand } from './zone.ts'

/** The section as course/class has it; `credentials` is a path that can be opened from here. */
export type DnsWay = {
  zone: string
  provider: 'rfc2136' | 'ovh' | 'scaleway'
  server: string | null
  port: number
  credentials: string
  api: string | null
  reverse: string | null
}

export type DnsDeps = { shell: Shell; clock: DnsClock; random: () => number; signal: AbortSignal }

/** Null for `reverse`: no PTR records. Throws Trouble: `dns-zone-name`, `dns-no-server`, `dns-in-clear`, `dns-credentials`. */
export function openZones(way: DnsWay, deps: DnsDeps): { forward: ZoneHand; reverse: ZoneHand | null } {
  const zone = must(readZone(way.zone))
  const reverse = way.reverse === null ? null : must(readZone(way.reverse))
  const { clock, random, signal } = deps
  const api = (own: string) => (way.api ?? own).replace(/\/+$/, '')
  switch (way.provider) {
    case 'rfc2136': {
      if (way.server === null) throw new Trouble(noServer(zone))
      const place = { server: way.server, port: way.port, keyFile: way.credentials }
      const at = { ...place, shell: deps.shell, signal }
      return {
        forward: rfc2136Zone({ ...at, zone, kind: 'forward' }),
        reverse: reverse === null ? null : rfc2136Zone({ ...at, zone: reverse, kind: 'reverse' }),
      }
    }
    case 'ovh': {
      inCipher(way)
      const read = readKeys(way.credentials, ['application_key', 'application_secret', 'consumer_key'])
      const keys = {
        applicationKey: read.application_key.reveal(),
        applicationSecret: read.application_secret,
        consumerKey: read.consumer_key,
      }
      return { forward: ovhZone({ zone, api: api(ovhApi), keys, clock, random, signal }), reverse: null }
    }
    case 'scaleway': {
      inCipher(way)
      const { secret_key: secretKey } = readKeys(way.credentials, ['secret_key'])
      const forward = scalewayZone({ zone, api: api(scalewayApi), secretKey, clock, random, signal })
      return { forward, reverse: null }
    }
  }
}

/** Whether the zone is on this machine itself: only then may a rehearsal, whose addresses nobody reaches, write to it. */
export function isHere({ provider, server, api }: DnsWay): boolean {
  const host = provider === 'rfc2136' ? server : api === null ? null : new URL(api).hostname
  return host !== null && /^(localhost|127\.[0-9.]+|\[?::1\]?)$/.test(host)
}

/** Both send a key with every call. */
function inCipher(way: DnsWay): void {
  if (way.api === null || new URL(way.api).protocol === 'https:' || isHere(way)) return
  throw new Trouble({
    code: 'dns-in-clear',
    title: `the key for ${way.zone} would go to ${way.api} in clear`,
    why: 'whoever is on the way could read it, and change the zone with it; only an API on this machine may be without TLS',
    fix: 'write https:// under dns.api, or leave dns.api out for the provider’s own',
  })
}

function must<T>(read: Outcome<T>): T {
  if (read.ok) return read.value
  throw new Trouble(read.faults[0] as Fault)
}

const noServer = (zone: string): Fault => ({
  code: 'dns-no-server',
  title: `the course file does not say which server ${zone} is changed on`,
  why: 'dynamic updates go to the zone’s primary server, which is not always the first one that resolvers ask',
  fix: `write dns.server; the first name in the answer is it: dig ${zone} SOA`,
})
