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
