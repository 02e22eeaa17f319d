// Decides how a delegated block gets its route: Kea calls this script, which routes it to the client's link-local address.
// Leaves who may have the block to kea.
import { edgePaths } from './kea.ts'

/** rt_protos(5) number of the routes this script makes, so that it takes away its own only. */
const protocol = 200

/**
 * For Kea's run_script hook (Kea 2.6 ARM, libdhcp_run_script): lease6_* give one lease in LEASE6_*, leases6_committed an
 * array in LEASES6_AT<i>_*. Each route is also kept as a file, since Kea does not call again for leases it finds at
 * its start: `bateau-edge-route.sh replay` puts them back.
 */
export const edgeRouteScript = `#!/bin/sh
# Routes delegated prefixes to the client that leased them.
state=${edgePaths.routes}
kept() { printf '%s/%s' "$state" "$(printf '%s' "$1" | tr ':/' '__')"; }
route() {
  mkdir -p "$state"
  printf '%s %s %s\\n' "$1" "$2" "$3" > "$(kept "$1").new"
  mv "$(kept "$1").new" "$(kept "$1")"
  ip -6 route replace "$1" via "$2" dev "$3" proto ${protocol}
}
unroute() {
  rm -f "$(kept "$1")"
  ip -6 route del "$1" proto ${protocol}
}
each() {
  i=0
  while [ "$i" -lt "\${2:-0}" ]; do
    eval "type=\\$$1_AT\${i}_TYPE prefix=\\$$1_AT\${i}_ADDRESS length=\\$$1_AT\${i}_PREFIX_LEN"
    [ "$type" != IA_PD ] || "$3" "$prefix/$length" "$QUERY6_REMOTE_ADDR" "$QUERY6_IFACE_NAME"
    i=$((i + 1))
  done
}
case $1 in
  leases6_committed)
    each DELETED_LEASES6 "$DELETED_LEASES6_SIZE" unroute
    each LEASES6 "$LEASES6_SIZE" route
    ;;
  lease6_renew | lease6_rebind)
    [ "$LEASE6_TYPE" != IA_PD ] || route "$LEASE6_ADDRESS/$LEASE6_PREFIX_LEN" "$QUERY6_REMOTE_ADDR" "$QUERY6_IFACE_NAME"
    ;;
  lease6_release | lease6_expire | lease6_decline)
    [ "$LEASE6_TYPE" != IA_PD ] || unroute "$LEASE6_ADDRESS/$LEASE6_PREFIX_LEN"
    ;;
  replay)
    for file in "$state"/*; do
      [ -f "$file" ] || continue
      read -r prefix nexthop card < "$file" && ip -6 route replace "$prefix" via "$nexthop" dev "$card" proto ${protocol}
    done
    ;;
esac
exit 0
`
