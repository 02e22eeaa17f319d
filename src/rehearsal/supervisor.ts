// Decides how a server lives: its cable plugged in anew at each boot, its system started, and started again when it reboots.
// Leaves the disk to provider-image, and starting and stopping the supervisor to daemon.
import type { CachedImage } from './image-cache.ts'
import { refuseForeign } from './namespace.ts'
import { gitMount, type RehearsalWorld, type RehearsedServer, uplinkCard } from './world.ts'

/** How long the last boot may take to let go of the disk: tries, and seconds between them. */
const patience = { tries: 100, pause: 0.1 }

/** systemd-nspawn(1) ends with this when the system inside asked for a reboot and the unit is kept. */
const rebooted = 133

/**
 * Shell text of the supervisor, run in the server's directory. A reboot really clears the network: namespace and cable
 * are made anew, so addresses, routes, nftables and sysctls are whatever the system itself brings back.
 */
export function supervisorScript(world: RehearsalWorld, server: RehearsedServer): string {
  const { edge, mark } = world
  const { namespace, port, segment, mac } = server
  return `# Supervisor of ${server.name}
group=${groupOf(world, server.name)}
child=
stopping=

plug() {
${refuseForeign(namespace, mark)}
  ip -n ${edge.namespace} link del ${port} 2>/dev/null
  ip netns del ${namespace} 2>/dev/null
  ip netns add ${namespace} &&
  ip -n ${namespace} link set lo alias ${mark} &&
  ip -n ${edge.namespace} link add ${port} type veth peer name ${uplinkCard} address ${mac} netns ${namespace} &&
  nsenter --net=/run/netns/${edge.namespace} ethtool -K ${port} tx off tso off gso off >/dev/null &&
  ip -n ${edge.namespace} link set ${port} master ${segment} up
}

# Control groups of this server, one in each hierarchy that systemd uses: its unit's, or (no systemd here) one by name.
tops() {
  if [ -d /run/systemd/system ]; then
    sed -n 's,^0::\\(.*\\)/loop$,\\1,p; s,^0::,,p' /proc/self/cgroup | head -n 1 | sed 's,^,/sys/fs/cgroup,'
  else
    awk -v group="$group" '$3 == "cgroup2" || ($3 == "cgroup" && $4 ~ /name=systemd/) { print $2 "/" group }' /proc/self/mounts
  fi
}
tops=$(tops)

# The loop itself sits in loop/, the system in boot/: a cgroup2 group with processes of its own cannot pass controllers on.
for top in $tops; do
  mkdir -p "$top/loop"
  echo $$ > "$top/loop/cgroup.procs"
  for controller in $(cat "$top/cgroup.controllers" 2>/dev/null); do
    echo "+$controller" > "$top/cgroup.subtree_control" 2>/dev/null
  done
done
# What is left of a boot whose supervisor was killed is ended, and waited for: its disk is still mounted until then.
clear_groups() {
  for top in $tops; do [ ! -e "$top/boot/cgroup.kill" ] || echo 1 > "$top/boot/cgroup.kill"; done
  for top in $tops; do
    tries=0
    until find "$top/boot" -depth -type d -exec rmdir {} + 2>/dev/null || [ ! -d "$top/boot" ] || [ "$tries" -ge ${patience.tries} ]; do
      tries=$((tries + 1))
      sleep ${patience.pause}
    done
  done
}

trap 'stopping=1; [ -z "$child" ] || kill -TERM "$child"' TERM INT
while [ -z "$stopping" ]; do
  plug || exit 1
  clear_groups
  for top in $tops; do mkdir -p "$top/boot"; done
  tops="$tops" nsenter --net=/run/netns/${namespace} unshare --mount sh -e ./boot &
  child=$!
  while :; do
    wait "$child"
    code=$?
    kill -0 "$child" 2>/dev/null || break
  done
  child=
  echo "supervisor: the system ended with $code"
  [ "$code" = ${rebooted} ] || break
done
clear_groups
`
}

/**
 * Shell text (sh -e) of one boot, in a mount namespace of its own: overlay, then systemd-nspawn in place. /run is
 * hidden from nspawn, so that it leaves nothing there. The network namespace is entered before, not given as an option:
 * nspawn would drop CAP_NET_ADMIN (252). With index=on the kernel refuses to mount a disk that is still mounted by an
 * earlier boot (overlayfs documentation, "Sharing and copying layers"); without, both would write and the disk be spoilt.
 */
export function bootScript(world: RehearsalWorld, server: RehearsedServer, base: CachedImage): string {
  const git = world.git === null ? '' : ` --bind-ro=${world.git}:${gitMount}`
  return `for top in $tops; do echo $$ > "$top/boot/cgroup.procs"; done
mkdir -p root
tries=0
until mount -t overlay overlay -o lowerdir=${base.root},upperdir=up,workdir=work,index=on root; do
  tries=$((tries + 1))
  [ "$tries" -lt ${patience.tries} ] || exit 1
  sleep ${patience.pause}
done
mount -t tmpfs -o mode=0755 tmpfs /run
for device in /dev/net/tun /dev/fuse /dev/kvm /dev/vhost-net; do
  [ ! -e "$device" ] || set -- "$@" "--bind=$device"
done
unset tops tries
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_API_VFS_WRITABLE=network
exec 8>&- 9>&-
exec systemd-nspawn --quiet --directory=root --machine=${machineName(world, server)} --hostname=${server.name} \\
  --keep-unit --register=no --capability=all --system-call-filter=@known --link-journal=no --timezone=off \\
  --resolv-conf=off${git} "$@" --boot --console=pipe
`
}

/** Name of its control group where there is no systemd to give it one; it carries the world's mark. */
export function groupOf(world: RehearsalWorld, server: string): string {
  return `bateau-${world.name}-${server}-${world.mark.slice(-12)}`
}

/** Only nspawn sees it; short, as it must be a host name. */
function machineName(world: RehearsalWorld, server: RehearsedServer): string {
  return `bateau-${world.mark.slice(-12)}-${world.servers.indexOf(server)}`
}
