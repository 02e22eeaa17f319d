// Decides what is in the images that a rehearsal starts from: the base of every server, and the edge's layer over it.
// Leaves building and keeping them to image-cache; what sets one server apart from another is provider-image.
import { createHash } from 'node:crypto'
import { edgePaths } from './kea.ts'
import { edgeRouteScript } from './edge-route.ts'
import type { Release } from './world.ts'

export type BaseRecipe = { release: Release; packages: readonly string[]; finish: string }
export type LayerRecipe = { base: string; packages: readonly string[]; finish: string }

/** What a provider's Debian image has: systemd, SSH, netplan, and the few tools of every installation. */
const serverPackages = [
  'ca-certificates',
  'dbus',
  'dhcpcd-base',
  'ifupdown',
  'iproute2',
  'iputils-ping',
  'isc-dhcp-client',
  'kmod',
  'less',
  'netplan.io',
  'nftables',
  'openssh-server',
  'procps',
  'python3-minimal',
  'sudo',
  'systemd',
  'systemd-resolved',
  'systemd-sysv',
  'udev',
]

/**
 * Runs in the new root's parent with the root as $1. In a container: udevd must run although /sys is read-only (netplan
 * apply asks it), and must trigger network cards only; iscsid, which DevStack restarts although nobody has a target,
 * finds no iSCSI in a namespace, so something that stays takes its place; the switch of KSM, which DevStack writes
 * wherever it is, is the machine's, so it is hidden (nspawn's own --tmpfs comes before /sys); consoles and timers have
 * nothing to do. A rehearsal's disk is thrown away, so dpkg need not wait for it. ifupdown is for the servers that have a file for it.
 */
const finishServer = `set -e
rm -f "$1"/etc/ssh/ssh_host_* "$1"/etc/hostname "$1"/etc/apt/apt.conf.d/99mmdebstrap "$1"/etc/apt/sources.list "$1"/var/lib/dbus/machine-id
: > "$1"/etc/machine-id
echo force-unsafe-io > "$1"/etc/dpkg/dpkg.cfg.d/rehearsal
chroot "$1" systemctl --quiet mask getty@tty1.service console-getty.service systemd-pstore.service apt-daily.timer apt-daily-upgrade.timer fstrim.timer
rm -f "$1"/etc/network/interfaces
mkdir -p "$1"/etc/systemd/system/networking.service.d
printf '[Unit]\\nConditionPathExists=/etc/network/interfaces\\n' > "$1"/etc/systemd/system/networking.service.d/rehearsal.conf
chroot "$1" systemctl --quiet enable systemd-networkd.service ssh.service
mkdir -p "$1"/etc/systemd/system/systemd-udevd.service.d "$1"/etc/systemd/system/systemd-udev-trigger.service.d
printf '[Unit]\\nConditionPathIsReadWrite=\\n' > "$1"/etc/systemd/system/systemd-udevd.service.d/rehearsal.conf
printf '[Service]\\nExecStart=\\nExecStart=-udevadm trigger --type=devices --action=add --subsystem-match=net\\n' > "$1"/etc/systemd/system/systemd-udev-trigger.service.d/rehearsal.conf
mkdir -p "$1"/etc/systemd/system/iscsid.service.d
printf '[Service]\\nType=simple\\nPIDFile=\\nExecStart=\\nExecStart=/bin/sleep infinity\\n' > "$1"/etc/systemd/system/iscsid.service.d/rehearsal.conf
printf '[Unit]\\nDefaultDependencies=no\\nConditionPathIsDirectory=/sys/kernel/mm/ksm\\n[Mount]\\nWhat=tmpfs\\nWhere=/sys/kernel/mm/ksm\\nType=tmpfs\\n[Install]\\nWantedBy=sysinit.target\\n' > "$1"/etc/systemd/system/sys-kernel-mm-ksm.mount
chroot "$1" systemctl --quiet enable sys-kernel-mm-ksm.mount
`

/** The same way, over the base: directories that the edge's daemons find their configuration and leases in. */
const finishEdge = `set -e
mkdir -p "$1"${edgePaths.config} "$1"${edgePaths.data} "$1"/usr/share/kea/scripts
cat > "$1"${edgePaths.routeScript} <<'end-of-script'
${edgeRouteScript}end-of-script
chmod 0755 "$1"${edgePaths.routeScript}
`

export const baseRecipe = (release: Release): BaseRecipe => ({
  release,
  packages: serverPackages,
  finish: finishServer,
})

/** The edge always runs on Debian 13, whatever the servers have. */
export const edgeRecipe = (): LayerRecipe => ({
  base: digestOf(baseRecipe('trixie')),
  packages: ['kea-dhcp6-server', 'kea-common', 'radvd'],
  finish: finishEdge,
})

/** Names the built image: another recipe is another image. */
export function digestOf(recipe: BaseRecipe | LayerRecipe): string {
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 16)
}
