// Decides what is looked at on a server, over SSH: what delivery and engine promise, services, and who listens where.
// Leaves what can only be seen from outside to probes/outside and probes/closed-ports.
import { setTimeout as pause } from 'node:timers/promises'
import type { Shell } from '../../core/shell.ts'
import type { Site } from '../../core/site.ts'
import { expectations } from '../../delivery/host-network.ts'
import { ping } from '../ping.ts'
import { no, unclear, yes } from '../../core/verdict.ts'
import { type Probe } from '../probe.ts'
import type { ProofInput } from '../proof-input.ts'

/**
 * Milliseconds after which what did not hold is looked at once more: duplicate address detection on a bridge that was
 * just made takes 1 to 2 s (RFC 4862 section 5.4).
 */
const settling = 3_000

export const hostReached = (site: Site) => `host/${site.name}/reached`

/** The server takes a command. When it does not, nothing on it can be checked, and nothing is said to be broken there. */
export function reachedProbe(site: Site, shell: Shell): Probe {
  return {
    id: hostReached(site),
    title: `${site.name} can be asked by SSH`,
    vantage: 'this machine',
    async run() {
      const ran = await shell.run(['cat', '/proc/uptime'])
      const [seconds = ''] = ran.stdout.split(' ')
      return ran.code === 0
        ? yes(`up for ${Math.round(Number(seconds) / 60)} min`)
        : unclear(ran.stderr.trim())
    },
  }
}

/** One probe for each thing that delivery (and, if given, the engine) promises of the server. */
export function expectationProbes(input: ProofInput, site: Site, shell: Shell): Probe[] {
  const all = [...expectations(site), ...(input.expectations?.(site) ?? [])]
  const id = (expectation: string) => `host/${site.name}/${expectation}`
  return all.map((expectation) => ({
    id: id(expectation.id),
    title: expectation.title,
    vantage: site.name,
    needs: [hostReached(site)],
    causes: (expectation.dependsOn ?? []).map(id),
    async run() {
      const look = () => shell.run(expectation.command.argv, { timeout: 30_000 })
      let ran = await look()
      if (ran.code !== 0) {
        await pause(settling)
        ran = await look()
      }
      const seen = `${ran.stdout}\n${ran.stderr}`.trim() || `exit ${ran.code}`
      if (ran.code === 0) return yes(seen)
      return no(seen, {
        code: expectation.id.replaceAll('/', '-'),
        why: expectation.why,
        fix: expectation.fix,
        host: site.name,
      })
    },
  }))
}

/** Out with a source address of the block: the way that replies of instances take. */
export function hostOutProbe(input: ProofInput, site: Site, shell: Shell, causes: readonly string[]): Probe {
  const { service } = site.addressing
  const { ping: target } = input.outsideTargets
  return {
    id: `host/${site.name}/out`,
    title: `${site.name} reaches the internet from its block`,
    vantage: site.name,
    needs: [hostReached(site)],
    causes,
    async run() {
      const pinged = await ping(shell, target, { count: 3, from: service })
      const seen = `${service} to ${target}: ${pinged.words}`
      if (pinged.received > 0) return yes(seen)
      return no(seen, {
        code: 'host-no-way-out',
        why: 'packets from the block do not leave, or no reply is routed back: the provider does not deliver the block here',
        fix: `on ${site.name}: ip -6 route get ${target} from ${service}; then the checks of the delivery above`,
        host: site.name,
      })
    },
  }
}

export function servicesProbe(site: Site, shell: Shell, units: readonly string[]): Probe {
  const all = ['bateau-firewall.service', 'systemd-networkd.service', ...units]
  return {
    id: `host/${site.name}/services`,
    title: `the services of ${site.name} run`,
    vantage: site.name,
    needs: [hostReached(site)],
    async run() {
      const ran = await shell.run(['systemctl', 'is-active', ...(all as [string, ...string[]])])
      const states = ran.stdout.trim().split('\n')
      if (states.length !== all.length) return unclear(ran.stderr.trim() || ran.stdout.trim())
      const down = all.flatMap((unit, i) => (states[i] === 'active' ? [] : [`${unit} ${states[i]}`]))
      if (down.length === 0) return yes(`${all.length} of ${all.length} units active`)
      const [first = ''] = down[0]?.split(' ') ?? []
      return no(down.join(', '), {
        code: 'service-down',
        why: 'a service of the cloud has stopped or did not start',
        fix: `on ${site.name}: journalctl -u ${first} -n 50; then systemctl restart ${first}`,
        host: site.name,
      })
    },
  }
}
