// Decides which processes of this machine are the cloud's, which part of it each is, and how many seconds of CPU it has used.
// Leaves what it means to the page. A cloud on other machines cannot be seen from here.
import { readdirSync, readFileSync } from 'node:fs'

/** The part whose work grows with all networks there are. */
export const switching = 'OVN and Open vSwitch'

/** By command line, the first that matches. Guests are not the enrolment's. */
const parts: readonly (readonly [string, RegExp])[] = [
  ['neutron', /neutron/],
  ['keystone', /keystone/],
  ['nova', /nova-|nova_/],
  ['other services', /glance|placement|cinder|horizon/],
  ['database', /mariadbd|mysqld/],
  [switching, /ovn-|ovs-|ovsdb/],
  ['queue and cache', /beam\.smp|rabbitmq|memcached/],
  ['front', /uwsgi|apache2|haproxy|nginx/],
]
const notOfTheCloud = /qemu|bench|ansible|vitest|openstack --os-cloud/

/** Clock ticks a second: what Linux shows in proc(5) on every architecture that bateau runs on. */
const ticks = 100

/** Seconds by part. */
export type Used = Readonly<Record<string, number>>

/** User and system time, that of children that ended included, of all processes of the cloud. */
export function serverSeconds(): Used {
  const used: Record<string, number> = {}
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      const [part] = parts.find(([, its]) => its.test(line)) ?? []
      if (part === undefined || notOfTheCloud.test(line)) continue
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      // utime, stime, cutime, cstime: fields 14 to 17, of which the first two are cut off here.
      for (const field of fields.slice(11, 15)) used[part] = (used[part] ?? 0) + Number(field) / ticks
    } catch {
      // It ended while it was looked at; what it used is its parent's now.
    }
  }
  return used
}

/** What was used between the two, by part. */
export const between = (before: Used, after: Used): Used =>
  Object.fromEntries(Object.keys(after).map((part) => [part, (after[part] ?? 0) - (before[part] ?? 0)]))

export const sum = (used: Used): number => Object.values(used).reduce((total, one) => total + one, 0)
