// Decides how the agent gets onto the servers of the drills: built and installed as `bateau up` installs it.
// Leaves its steps to delivery/agent.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Address } from '../src/core/prefix.ts'
import type { Vault } from '../src/core/secret.ts'
import type { Shell } from '../src/core/shell.ts'
import type { Site } from '../src/core/site.ts'
import { agentSteps } from '../src/delivery/agent.ts'
import { must } from '../src/rehearsal/fault.ts'
import { clockDropIn, clockFile } from '../src/rehearsal/faults/system.ts'
import { carryOut } from '../test/edge/host-steps.ts'
import { machine } from '../test/edge/world.ts'

/** The one file that runs on servers, from what was compiled to `build`. */
export async function agentBundle(build: string): Promise<string> {
  const ran = await machine.run([
    'env',
    `BATEAU_BUILD=${build}`,
    ...['node_modules/.bin/rolldown', '-c', 'rolldown.config.mjs', '--logLevel', 'warn'],
  ])
  if (ran.code !== 0) throw new Error(`the agent could not be built: ${ran.stderr}`)
  return readFileSync(join(build, 'agent.mjs'), 'utf8')
}

/** Units of the cloud: light drills have none. */
export const units: readonly string[] = []

export async function installAgent(
  shell: Shell,
  site: Site,
  vault: Vault,
  bundle: string,
  pings: readonly Address[],
): Promise<void> {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  await carryOut(shell, agentSteps(site, { bundle, version, pings, units }), vault)
}

/** From here on the clock of this server's agent, and of no other process, can be moved. */
export async function makeClockMovable(shell: Shell): Promise<void> {
  await must(
    shell,
    `export DEBIAN_FRONTEND=noninteractive
apt-get -q -y --no-install-recommends install libfaketime >/dev/null
mkdir -p ${clockDropIn.directory}
cat > ${clockDropIn.directory}/50-drill-clock.conf <<end
${clockDropIn.text('$(dpkg -L libfaketime | grep /libfaketimeMT.so.1)')}
end
echo +0 > ${clockFile}
systemctl daemon-reload
systemctl restart ${clockDropIn.unit}`,
  )
}
