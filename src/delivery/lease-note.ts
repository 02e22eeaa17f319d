// Decides how a DHCPv6 client of ours other than networkd says which prefix it holds: one line in a file, written by its hook.
// Leaves reading it to host/state, and starting the clients to dhcpcd and dhclient.

/** One file for each uplink, of the same name; in /run, as a lease does not outlive a boot that did not ask again. */
export const leaseNotes = '/run/bateau/leases'

/**
 * Shell text: `note CLIENT LINK PREFIX/LENGTH PREFERRED VALID`, and `unnote LINK`. The line has the same words in the same
 * order, and last the seconds of /proc/uptime at which the lease came: what is left of it is VALID less the seconds since.
 */
export const noteFunctions = `note() {
  mkdir -p ${leaseNotes}
  read -r up _ < /proc/uptime
  printf '%s %s %s %s %s %s\\n' "$1" "$2" "$3" "$4" "$5" "\${up%.*}" > "${leaseNotes}/.$2"
  mv "${leaseNotes}/.$2" "${leaseNotes}/$2"
}
unnote() { rm -f "${leaseNotes}/$1"; }`

/** Seconds; RFC 8415 section 7.7 has all ones for a lease without end. */
const forEver = 0xffff_ffff

export type LeaseNote = {
  client: 'dhcpcd' | 'dhclient'
  link: string
  prefix: string
  /** Null: for ever. */
  preferredSeconds: number | null
  validSeconds: number | null
}

/** What a line of such a file says at `uptimeSeconds`; undefined for anything else, and for a lease that ended. */
export function readLeaseNote(line: string, uptimeSeconds: number): LeaseNote | undefined {
  const match = /^(dhcpcd|dhclient) (\S+) ([0-9a-f:]+\/\d{1,3}) (\d{1,10}) (\d{1,10}) (\d{1,10})$/.exec(
    line.trim(),
  )
  const [, client, link, prefix, preferred, valid, at] = match ?? []
  if (client === undefined || link === undefined || prefix === undefined) return undefined
  const left = (life: number) => (life >= forEver ? null : life - Math.max(0, uptimeSeconds - Number(at)))
  const validSeconds = left(Number(valid))
  if (validSeconds !== null && validSeconds <= 0) return undefined
  const preferredSeconds = left(Number(preferred))
  return {
    client: client === 'dhcpcd' ? 'dhcpcd' : 'dhclient',
    link,
    prefix,
    preferredSeconds: preferredSeconds === null ? null : Math.max(0, preferredSeconds),
    validSeconds,
  }
}
