// Decides what runs inside the tiny guest: how it boots, takes its address, keys and name, and what its console says.
// Leaves building the image to tiny, and reading the console to whoever proves the instance.

/** Each line that the guest itself puts on its console begins with this. */
export const consoleMark = 'bateau-guest:'

/**
 * Kernel modules in the order in which they load: network, disks, config drive (on IDE, AHCI or virtio-scsi, so both
 * QEMU machine types), random numbers, and the power button. Names as in /lib/modules; what is built in is left out.
 */
export const modules = [
  'failover',
  'net_failover',
  'virtio_net',
  'virtio_blk',
  'scsi_common',
  'scsi_mod',
  'virtio_scsi',
  'libata',
  'ata_piix',
  'libahci',
  'ahci',
  'cdrom',
  'sr_mod',
  'isofs',
  'virtio-rng',
  'button',
  'evdev',
] as const

/** Applied by syslinux; the last `console` is where /dev/console and so Nova's console log are. */
export const bootConfig = `DEFAULT tiny
PROMPT 0
TIMEOUT 1
LABEL tiny
 KERNEL /vmlinuz
 INITRD /initrd.gz
 APPEND console=tty0 console=ttyS0,115200 quiet net.ifnames=0 panic=10
`

/** busybox init: it reaps, restarts what ends, and turns SIGUSR2 (poweroff) into an orderly end. */
const inittab = `::sysinit:/etc/bateau/start
::respawn:/sbin/dropbear -F -E -s -r /etc/dropbear/host -p 22
::respawn:/bin/acpid -f -l /dev/console
::once:/etc/bateau/report
::ctrlaltdel:/bin/reboot
::shutdown:/bin/sync
`

const start = `#!/bin/sh
say() { echo "${consoleMark} $*"; }
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts && mount -t devpts devpts /dev/pts
while read -r module; do
  insmod "/lib/modules/$module.ko" || say "module $module did not load"
done < /lib/modules/order
ip link set lo up

# Set before the link is up: an address from the MAC (EUI-64), the one that Neutron wrote down, and no delay before
# the first solicitation. Router, prefix and MTU are then the kernel's work.
conf=/proc/sys/net/ipv6/conf
echo 0 > $conf/default/router_solicitation_delay
for i in 1 2 3 4 5 6 7 8 9 10; do [ -e /sys/class/net/eth0 ] && break; sleep 0.2; done
if [ -e $conf/eth0 ]; then
  echo 0 > $conf/eth0/addr_gen_mode
  echo 0 > $conf/eth0/use_tempaddr
  echo 0 > $conf/eth0/router_solicitation_delay
  ip link set eth0 up
else
  say "no network card"
fi

for i in 1 2 3 4 5 6 7 8 9 10; do drive=$(findfs LABEL=config-2 2>/dev/null) && break; sleep 0.2; done
if [ -n "$drive" ] && mount -o ro "$drive" /mnt; then
  data=/mnt/openstack/latest
  name=$(sed -n 's/.*"hostname": *"\\([^"]*\\)".*/\\1/p' $data/meta_data.json)
  hostname "\${name%%.*}"
  cat $data/meta_data.json $data/user_data 2>/dev/null |
    grep -oE '(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp[0-9]+|sk-[a-z0-9@.-]+) [A-Za-z0-9+/=]+' | sort -u > /root/.ssh/authorized_keys
  tr '{' '\\n' < $data/network_data.json | grep '"type": *"dns"' |
    sed -n 's/.*"address": *"\\([^"]*\\)".*/nameserver \\1/p' | awk '!seen[$0]++' > /etc/resolv.conf
  umount /mnt
  say "hostname=$(hostname) keys=$(wc -l < /root/.ssh/authorized_keys) resolvers=$(wc -l < /etc/resolv.conf)"
else
  say "no config drive: no key will open this guest"
fi
chmod 600 /root/.ssh/authorized_keys
printf '::1 localhost %s\\n127.0.0.1 localhost\\n' "$(hostname)" > /etc/hosts
dropbearkey -t ed25519 -f /etc/dropbear/host 2>&1 | sed -n 's/^\\(ssh-ed25519 [^ ]*\\).*/${consoleMark} host-key=\\1/p'
say "started uptime=$(cut -d' ' -f1 /proc/uptime)"
`

/** \`routers\` counts default routes: more than one means that somebody else on the segment announces itself as a router. */
const report = `#!/bin/sh
say() { echo "${consoleMark} $*"; }
addresses() { ip -6 addr show dev eth0 scope global | grep -v -e tentative -e dadfailed | sed -n 's/.*inet6 \\([^ ]*\\).*/\\1/p'; }
routers() { ip -6 route show | sed -n 's/^default via \\([^ ]*\\).*/\\1/p'; }
tries=0
while [ -z "$(addresses)" ]; do
  tries=$((tries + 1))
  if [ $((tries % 150)) = 0 ]; then say "no address after $((tries / 5)) s: no router announces a prefix here"; fi
  sleep 0.2
done
say "address=$(addresses | tr '\\n' ',' | sed 's/,$//') routers=$(routers | wc -l) router=$(routers | tr '\\n' ',' | sed 's/,$//') mtu=$(cat /proc/sys/net/ipv6/conf/eth0/mtu) uptime=$(cut -d' ' -f1 /proc/uptime)"
`

/** What the power button does; the name is what busybox acpid looks for. */
const powerButton = `#!/bin/sh
echo "${consoleMark} power button"
exec poweroff
`

export type GuestFile = { path: string; mode: number; text: string }

export const guestFiles: readonly GuestFile[] = [
  { path: 'etc/inittab', mode: 0o644, text: inittab },
  { path: 'etc/bateau/start', mode: 0o755, text: start },
  { path: 'etc/bateau/report', mode: 0o755, text: report },
  { path: 'etc/acpi/PWRF/00000080', mode: 0o755, text: powerButton },
  { path: 'etc/passwd', mode: 0o644, text: 'root:x:0:0:root:/root:/bin/sh\n' },
  { path: 'etc/group', mode: 0o644, text: 'root:x:0:\n' },
  { path: 'etc/shadow', mode: 0o600, text: 'root:*:19000:0:99999:7:::\n' },
  { path: 'etc/shells', mode: 0o644, text: '/bin/sh\n' },
  { path: 'etc/nsswitch.conf', mode: 0o644, text: 'passwd: files\nhosts: files dns\n' },
  { path: 'etc/resolv.conf', mode: 0o644, text: '' },
  { path: 'root/.ssh/authorized_keys', mode: 0o600, text: '' },
  { path: 'lib/modules/order', mode: 0o644, text: '' },
]
