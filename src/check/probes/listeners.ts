// Decides who may listen on a server where others can reach it: nothing of the control plane off the loopback.
// Leaves what the firewall lets through to probes/closed-ports, which looks from outside.
import type { Shell } from '../../core/shell.ts'
import type { Site } from '../../core/site.ts'
import { no, unclear, yes } from '../../core/verdict.ts'
import { type Probe } from '../probe.ts'
import { hostReached } from './host.ts'

/** Default ports of OpenStack's services and of what they stand on; each would hand over the cloud, or amplify. */
const controlPlane: readonly { first: number; last?: number; what: string }[] = [
  { first: 3306, what: 'MariaDB' },
  { first: 4369, what: 'epmd' },
  { first: 5000, what: 'Keystone' },
  { first: 5671, last: 5672, what: 'RabbitMQ' },
  { first: 5900, last: 5999, what: 'consoles' },
  { first: 6080, last: 6083, what: 'console proxies' },
  { first: 6640, last: 6644, what: 'OVSDB and OVN' },
  { first: 8774, last: 8776, what: 'Nova and Cinder' },
  { first: 8778, what: 'Placement' },
  { first: 9292, what: 'Glance' },
  { first: 9696, what: 'Neutron' },
  { first: 11211, what: 'memcached' },
  { first: 15672, what: 'RabbitMQ management' },
  { first: 16509, what: 'libvirt' },
  { first: 16514, what: 'libvirt' },
  { first: 25672, what: 'RabbitMQ distribution' },
]

/** As a list of ports for a scan. */
export const controlPlanePorts = controlPlane
  .map(({ first, last }) => (last === undefined ? String(first) : `${first}-${last}`))
  .join(',')

export type Listener = { address: string; port: number; process: string }

/** Reads `ss -H -l -n -p`: the fourth column is the local address, the last names the process. */
export function readListeners(text: string): Listener[] {
  return text.split('\n').flatMap((line) => {
    const columns = line.trim().split(/\s+/)
    const [, address, port] = /^(.*):(\d+)$/.exec(columns[3] ?? '') ?? []
    if (address === undefined || port === undefined) return []
    const process = /users:\(\("([^"]+)"/.exec(line)?.[1] ?? '?'
    return [{ address, port: Number(port), process }]
  })
}

export function onLoopback({ address }: Listener): boolean {
  return /^(127\.|\[::1\]|\[::ffff:127\.|.*%lo$)/.test(address)
}

export function listenersProbe(site: Site, shell: Shell, protocol: 'tcp' | 'udp'): Probe {
  const option = protocol === 'tcp' ? '-Hltnp' : '-Hlunp'
  return {
    id: `host/${site.name}/listeners-${protocol}`,
    title: `nothing of the control plane of ${site.name} listens for ${protocol.toUpperCase()} off the loopback`,
    vantage: site.name,
    needs: [hostReached(site)],
    async run() {
      const ran = await shell.run(['ss', option])
      if (ran.code !== 0) return unclear(ran.stderr.trim())
      const exposed = readListeners(ran.stdout).filter((listener) => !onLoopback(listener))
      const bad = exposed.filter((listener) => nameOf(listener) !== undefined && !declared(site, listener))
      if (bad.length === 0) return yes(exposed.length === 0 ? 'nothing listens' : words(exposed))
      return no(words(bad), {
        code: 'control-plane-exposed',
        why: 'only the firewall stands before it; a service of the cloud must listen on ::1',
        fix: `on ${site.name}: find its configuration by \`systemctl status ${bad[0]?.process}\`, and run \`bateau up\` again`,
        host: site.name,
      })
    },
  }
}

const declared = (site: Site, listener: Listener) => site.open.some((open) => open.port === listener.port)

function nameOf({ port }: Listener): string | undefined {
  return controlPlane.find(({ first, last = first }) => port >= first && port <= last)?.what
}

const words = (listeners: readonly Listener[]) =>
  [...new Set(listeners.map(({ address, port, process }) => `${address}:${port} (${process})`))].join(', ')
