// Decides what bateau wants to know of a server before it plans on it, and reads it in one call.
// Leaves what follows from it to plan/, delivery/ and engine/.
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import type { HostFacts } from '../core/site.ts'

/**
 * Reads the facts; changes nothing. The uplink is the device of the IPv4 default route, else of the IPv6 one.
 * Throws Trouble `facts-unreadable` when the host is not a Linux that answers, or has no default route.
 */
export async function readFacts(shell: Shell): Promise<HostFacts> {
  const ran = await shell.run(['sh'], { stdin: factsScript, timeout: 30_000 })
  const fact = new Map(
    ran.stdout.split('\n').flatMap((line) => {
      const at = line.indexOf('=')
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)] as const] : []
    }),
  )
  const get = (key: string) => fact.get(key) ?? ''
  if (ran.code !== 0 || get('uplink') === '')
    throw new Trouble({
      code: 'facts-unreadable',
      title: `${shell.name}: the server's facts cannot be read`,
      why: ran.stderr.trim() || 'it has no default route, so no uplink to put the block on',
      fix: 'log in by hand and look at: ip route; ip -6 route; cat /etc/os-release',
      host: shell.name,
    })
  return {
    hostname: get('hostname'),
    os: { id: get('os'), codename: get('codename') },
    arch: get('arch'),
    cores: Number(get('cores')),
    memoryMiB: Math.floor(Number(get('memory')) / 1024),
    uplink: { name: get('uplink'), mac: get('mac') },
    kvm: get('kvm') === 'yes',
    ovsKernel: get('ovs') === 'yes',
    systemd: Number(get('systemd')) || 0,
    ...configuredBy(get('network')),
    uplinkManager: managerOf(get('manager')),
    dhclient: get('dhclient') === 'yes',
  }
}

/** What networkd calls the file that configures the uplink. One of bateau's own does not count: before it there was none. */
function configuredBy(file: string): Pick<HostFacts, 'netplanId' | 'networkFile'> {
  const name = /([^/]+)\.network$/.exec(file)?.[1] ?? null
  if (name === null || name.startsWith('05-bateau-')) return { netplanId: null, networkFile: null }
  const netplan = /^\/run\/systemd\/network\/10-netplan-(.+)\.network$/.exec(file)?.[1] ?? null
  return { netplanId: netplan, networkFile: netplan === null ? name : null }
}

function managerOf(text: string): NonNullable<HostFacts['uplinkManager']> {
  return text === 'networkd' || text === 'ifupdown' || text === 'NetworkManager' ? text : 'none'
}

/**
 * A container may see /dev/kvm without being allowed to open it: opening is the test. And without vmx or svm among the
 * processor's flags it may open, and even make a machine, which then hangs in its BIOS (seen under a nested hypervisor).
 */
const factsScript = `
. /etc/os-release
dev=$(ip -4 route show default | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | head -n1)
[ -n "$dev" ] || dev=$(ip -6 route show default | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | head -n1)
echo "hostname=$(cat /proc/sys/kernel/hostname)"
echo "os=$ID"
echo "codename=$VERSION_CODENAME"
echo "arch=$(uname -m)"
echo "cores=$(nproc)"
echo "memory=$(sed -n 's/^MemTotal: *\\([0-9]*\\).*/\\1/p' /proc/meminfo)"
echo "uplink=$dev"
echo "mac=$(cat "/sys/class/net/$dev/address" 2>/dev/null)"
if [ -c /dev/kvm ] && (: < /dev/kvm) 2>/dev/null && (: > /dev/kvm) 2>/dev/null && grep -qwE 'vmx|svm' /proc/cpuinfo; then echo kvm=yes; else echo kvm=no; fi
if [ -d /sys/module/openvswitch ] || modprobe -q openvswitch 2>/dev/null; then echo ovs=yes; else echo ovs=no; fi
echo "systemd=$(systemctl --version 2>/dev/null | sed -n '1s/^systemd \\([0-9]*\\).*/\\1/p')"
network=$(networkctl status "$dev" 2>/dev/null | sed -n 's#^ *Network File: */#/#p')
echo "network=$network"
if systemctl -q is-active NetworkManager 2>/dev/null && ! nmcli -g GENERAL.STATE device show "$dev" 2>/dev/null | grep -q unmanaged; then echo manager=NetworkManager
elif grep -q "^$dev=" /run/network/ifstate 2>/dev/null; then echo manager=ifupdown
elif [ -n "$network" ]; then echo manager=networkd
else echo manager=none; fi
for at in /proc/[0-9]*/cmdline; do
  case $(tr '\\0' ' ' < "$at" 2>/dev/null) in *dhclient*' -6 '*' -P '* | *dhclient*' -P '*' -6 '*) echo dhclient=yes ;; esac
done 2>/dev/null
`
