// Decides how the parts of the agent hang together for one server.
// Leaves reading its configuration, signals and exit codes to main.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { hostId } from '../check/host-chain.ts'
import { emptyLedger, type Ledger } from '../check/ledger.ts'
import type { Shell } from '../core/shell.ts'
import type { Site } from '../core/site.ts'
import { askNeighbours, wantedProxies } from '../delivery/wanted-proxies.ts'
import { readBoot } from './boot.ts'
import { Bell, kernelMonitor, monitor, newsOf } from './bell.ts'
import { Chain } from './chain.ts'
import type { Clock } from './clock.ts'
import type { AgentConfig } from './config.ts'
import type { Tell } from './events.ts'
import { AgentJournal } from './journal.ts'
import { loop } from './loop.ts'
import { mender } from './mend.ts'
import { Metrics } from './metrics.ts'
import { serveMetrics } from './metrics-server.ts'
import { keepProxies } from './proxies.ts'
import { keepRouterRoutes, northbound, routersMonitor } from './router-routes.ts'
import { fileStore } from './store.ts'
import { teller } from './teller.ts'
import { Troubles } from './troubles.ts'
import { watchdog } from './watchdog.ts'

export type Surroundings = {
  shell: Shell
  clock: Clock
  /** Version of this program. */
  version: string
  directory: string
  environment: NodeJS.ProcessEnv
}

/** Seconds since boot in which the network may still be on its way up, and milliseconds that it is then given. */
const justBooted = 120
const patience = 30_000
/** Milliseconds after which the routes of tenants' routers are looked at even if no bell rang. */
const routesEvery = 60_000

/** Watches until `signal` aborts. */
export async function runAgent(
  config: AgentConfig,
  around: Surroundings,
  signal: AbortSignal,
): Promise<void> {
  const { shell, clock, version, directory, environment } = around
  const { site } = config
  const metrics = new Metrics()
  const journal = new AgentJournal({ directory })
  const tell = teller(
    site.name,
    clock,
    (line) => journal.append(line),
    (event) => metrics.told(event),
  )
  const mends = config.version === version
  tell({
    type: 'agent.started',
    version,
    config: config.version,
    pid: process.pid,
    mends,
    why: mends ? '' : `its configuration is of bateau ${config.version}: it only observes`,
  })

  const boot = readBoot()
  const knownBoot = fileStore(join(directory, 'boot.json'), '', isText)
  const isNewBoot = knownBoot.read() !== '' && knownBoot.read() !== boot.id
  if (isNewBoot) tellReboot(site, boot.seconds, tell)
  knownBoot.write(boot.id)

  const chain = new Chain(config, shell, clock)
  const bell = new Bell()
  let routesDue = Number.NEGATIVE_INFINITY
  const ring = () => {
    routesDue = Number.NEGATIVE_INFINITY
    bell.ring()
  }
  const bells = [monitor(shell, kernelMonitor, ring, clock, signal, { isNews: newsOf() })]
  const hasNorthbound = () => existsSync(northbound)
  if (site.addressing.transit !== null)
    bells.push(monitor(shell, routersMonitor, ring, clock, signal, { isThere: hasNorthbound }))

  if (config.metricsPort !== null)
    await serveMetrics(
      config.metricsPort,
      () =>
        metrics.text({
          host: site.name,
          version,
          leases: (chain.state?.leases ?? []).flatMap(({ prefix, validSeconds }) =>
            validSeconds === null ? [] : [{ prefix: String(prefix), seconds: validSeconds }],
          ),
          rssBytes: process.memoryUsage.rss(),
          cpuSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
        }),
      signal,
      (why) =>
        tell({
          type: 'fault',
          fault: {
            code: 'metrics-off',
            title: `no metrics at [::1]:${config.metricsPort}`,
            why,
            fix: 'free the port and restart bateau-agent, or do without',
            host: site.name,
          },
        }),
    )

  const proxies =
    site.delivery.kind === 'on-link' && site.delivery.proxy === 'kernel'
      ? fileStore<readonly string[]>(join(directory, 'proxies.json'), [], isTexts)
      : undefined
  const dog = watchdog(shell, environment)
  const ledger = fileStore<Ledger>(join(directory, 'ledger.json'), emptyLedger, isLedger)
  const beat = () => dog.beat(clock.milliseconds())
  await dog.ready()
  await loop(
    {
      clock,
      bell,
      troubles: new Troubles(tell),
      isActive: (id) => chain.isActive(id),
      look: (kind) => chain.look(kind, signal),
      patientUntil: boot.seconds < justBooted ? clock.milliseconds() + patience : 0,
      mend: mends ? mender({ site, shell, clock, ledger, tell, beat }, signal) : null,
      async keep() {
        if (mends && proxies && chain.state) {
          await keepProxies(shell, site.facts.uplink.name, proxies, wantedProxies(site, chain.state), tell)
          const ask = askNeighbours(site)
          if (ask) await shell.run(ask.argv, { timeout: 5_000 })
        }
        if (!mends || clock.milliseconds() < routesDue || !hasNorthbound()) return
        routesDue = clock.milliseconds() + routesEvery
        await keepRouterRoutes(site, shell, tell)
      },
      async alive({ results, kind, milliseconds }) {
        metrics.look(kind, results, milliseconds)
        await beat()
      },
    },
    signal,
  )
  tell({ type: 'agent.stopped', why: 'asked to' })
  journal.close()
  await Promise.all(bells)
}

const isText = (value: unknown): value is string => typeof value === 'string'

const isTexts = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isText)

const isLedger = (value: unknown): value is Ledger => {
  const { tries, dhcpv6, seen, givenUp } = Object(value) as Partial<Ledger>
  return (
    typeof tries === 'object' && typeof seen === 'object' && Array.isArray(dhcpv6) && Array.isArray(givenUp)
  )
}

/** A note, not a trouble to mend: the first look that finds all well ends it. */
function tellReboot(site: Site, seconds: number, tell: Tell): void {
  const id = hostId(site, 'boot')
  const seen = `the system started ${Math.round(seconds)} s ago`
  const fix = 'nothing, when it was you; else: journalctl -b -1 -e'
  tell({
    type: 'trouble.noticed',
    code: 'rebooted',
    id,
    title: `${site.name} runs since its last start`,
    seen,
    fix,
  })
  tell({ type: 'trouble.gone', code: 'rebooted', id, after_seconds: Math.round(seconds * 10) / 10 })
}
