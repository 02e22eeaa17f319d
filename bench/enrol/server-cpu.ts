// Decides which processes of this machine are the cloud's, and how many seconds of CPU they have used.
// Leaves what it means to the page. A cloud on other machines cannot be seen from here.
import { readdirSync, readFileSync } from 'node:fs'

/** By command line: the services, what they run on, and the network's own. Guests are not the enrolment's. */
const ofTheCloud =
  /keystone|nova-|nova_|neutron|glance|placement|cinder|ovn-|ovs-|ovsdb|mariadbd|mysqld|beam\.smp|rabbitmq|memcached|uwsgi|apache2|haproxy/
const notOfTheCloud = /qemu|bench|ansible|vitest|openstack --os-cloud/

/** Clock ticks a second: what Linux shows in proc(5) on every architecture that bateau runs on. */
const ticks = 100

/** User and system time, that of children that ended included, of all processes of the cloud. Seconds. */
export function serverSeconds(): number {
  let sum = 0
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
      if (!ofTheCloud.test(line) || notOfTheCloud.test(line)) continue
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      // utime, stime, cutime, cstime: fields 14 to 17, of which the first two are cut off here.
      for (const field of fields.slice(11, 15)) sum += Number(field) / ticks
    } catch {
      // It ended while it was looked at; what it used is its parent's now.
    }
  }
  return sum
}
