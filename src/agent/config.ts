// Decides what the agent is told about its server: /etc/bateau/agent.json, written when it is installed, read at its start.
// Leaves the form of a site to core/site-json, and installing to delivery/agent.
import { bad, type Fault, good, type Outcome } from '../core/fault.ts'
import { Address } from '../core/prefix.ts'
import type { Site } from '../core/site.ts'
import { revived, siteOf } from '../core/site-json.ts'

export const configSchema = 1

/** Two hosts of the internet that answer ping. */
export type Targets = { pings: readonly Address[] }

export type AgentConfig = {
  /** Version of bateau that wrote it. */
  version: string
  site: Site
  targets: Targets
  /** Units of the cloud that must be active, besides bateau's own. */
  units: readonly string[]
  /** TCP port of [::1] for Prometheus; null: none. */
  metricsPort: number | null
}

/** Fault codes: `agent-config-unreadable`, `agent-config-other-version` (another schema_version). */
export function readConfig(text: string): Outcome<AgentConfig> {
  let json: Record<string, unknown>
  try {
    json = Object(JSON.parse(text)) as Record<string, unknown>
  } catch (error) {
    return bad(unreadable(error instanceof Error ? error.message : 'no JSON'))
  }
  if (json['schema_version'] !== configSchema)
    return bad({
      code: 'agent-config-other-version',
      title: `the agent's configuration is of form ${String(json['schema_version'])}, this agent reads ${configSchema}`,
      why: 'agent and configuration were installed by different versions of bateau',
      fix,
    })
  const site = siteOf(json['site'])
  if (!site.ok) return site
  const pings = revived(json['pings'])
  const { version, units, metrics_port: port } = json
  if (
    !pings.ok ||
    !Array.isArray(pings.value) ||
    !pings.value.every((one) => one instanceof Address) ||
    typeof version !== 'string' ||
    !Array.isArray(units) ||
    !units.every((unit) => typeof unit === 'string') ||
    !(port === null || (Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536))
  )
    return bad(unreadable('version, pings, units or metrics_port is missing or of another form'))
  return good({
    version,
    site: site.value,
    targets: { pings: pings.value },
    units,
    metricsPort: port as number | null,
  })
}

const fix = 'run `bateau up` again with the course file: it installs both'

const unreadable = (why: string): Fault => ({
  code: 'agent-config-unreadable',
  title: "the agent's configuration cannot be read",
  why,
  fix,
})
