// Decides how the parts of the agent hang together for one server.
// Leaves reading its configuration, signals and exit codes to main.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Shell } from '../core/shell.ts'
import { Bell, kernelMonitor, monitor, newsOf } from './bell.ts'
import { Chain } from './chain.ts'
import type { Clock } from './clock.ts'
import type { AgentConfig } from './config.ts'
import { AgentJournal } from './journal.ts'
import { loop } from './loop.ts'
import { Metrics } from './metrics.ts'
import { serveMetrics } from './metrics-server.ts'
import { keepRouterRoutes, northbound, routersMonitor } from './router-routes.ts'
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

  const chain = new Chain(config, shell, clock)
  const bell = new Bell()
  let routesDue = Number.NEGATIVE_INFINITY
  const ring = () => {
    routesDue = Number.NEGATIVE_INFINITY
    bell.ring()
  }
  const bells = [monitor(shell, kernelMonitor, ring, clock, signal, newsOf())]
  if (existsSync(northbound)) bells.push(monitor(shell, routersMonitor, ring, clock, signal))

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

  const dog = watchdog(shell, environment)
  await dog.ready()
  await loop(
    {
      clock,
      bell,
      troubles: new Troubles(tell),
      isActive: (id) => chain.isActive(id),
      look: (kind) => chain.look(kind, signal),
      mend: null,
      async keep() {
        if (!mends || clock.milliseconds() < routesDue || !existsSync(northbound)) return
        routesDue = clock.milliseconds() + routesEvery
        await keepRouterRoutes(site, shell, tell)
      },
      async alive({ results, kind, milliseconds }) {
        metrics.look(kind, results, milliseconds)
        await dog.beat(clock.milliseconds())
      },
    },
    signal,
  )
  tell({ type: 'agent.stopped', why: 'asked to' })
  journal.close()
  await Promise.all(bells)
}

export const ledgerOf = (directory: string) => join(directory, 'ledger.json')
