// Decides how what an earlier course file asked for goes: units and files of bateau's own that this delivery has no use for.
// Leaves everything that bateau did not write.
import type { Site } from '../core/site.ts'
import { shell, type Command } from '../core/step.ts'
import { dhclientUnit } from './dhclient.ts'
import { dhcpcdUnit } from './dhcpcd.ts'
import { ndppdUnit } from './ndppd.ts'
import { ifupHook, networkdConfigPath, uplinkUnit } from './uplink-kernel.ts'
import { ownNetworkFile } from './uplink-networkd.ts'

const directory = '/etc/systemd/system'

/** Two clients would take the block from each other, two holders of the uplink would each listen to the router. */
export function retireOthers(site: Site, files: readonly { path: string }[]): Command {
  const wanted = new Set(files.map(({ path }) => path))
  const units = [dhcpcdUnit, dhclientUnit, ndppdUnit, uplinkUnit].filter(
    (unit) => !wanted.has(`${directory}/${unit}`),
  )
  const rest = [ownNetworkFile(site), networkdConfigPath, ifupHook].filter((path) => !wanted.has(path))
  return shell(`for unit in ${units.join(' ')}; do
  [ -e ${directory}/$unit ] || continue
  systemctl disable -q --now $unit
  rm ${directory}/$unit
done
rm -f ${rest.join(' ')}`)
}
