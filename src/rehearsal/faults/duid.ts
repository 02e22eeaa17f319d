// Decides how a server comes to ask with a DUID that is not its block's: networkd's file says another, as after a copy from another server.
// Leaves the right one beside it on the server, readable to root alone, to put it back.
import type { FaultPlaces } from '../fault.ts'
import { scripted } from '../fault.ts'

const fileOf = ({ site }: FaultPlaces) =>
  site.facts.netplanId === null
    ? `/etc/systemd/network/05-bateau-${site.facts.uplink.name}.network`
    : `/etc/systemd/network/10-netplan-${site.facts.netplanId}.network.d/50-bateau.conf`

const apply = ({ site }: FaultPlaces) => `networkctl reload; networkctl reconfigure ${site.facts.uplink.name}`

export const duidWrong = scripted(
  "the server asks for its block with another server's DUID",
  'host',
  (places) => {
    const file = fileOf(places)
    return `[ -e ${file}.right ] || cp -p ${file} ${file}.right
sed -i 's/^\\(DUIDRawData=.*\\)..:..$/\\1ff:ff/' ${file}
! cmp -s ${file} ${file}.right
${apply(places)}`
  },
  (places) => {
    const file = fileOf(places)
    return `[ -e ${file}.right ] || exit 0
mv ${file}.right ${file}
${apply(places)}`
  },
)
