// Decides what a server is asked for one look at its network: one sh script, parts between marks, no secret in its output.
// Leaves reading the answer to state and the state-* files beside it.

/** `part` opens a part of the answer; `left` closes it with the exit code of what printed it. */
export const mark = '==bateau'

/**
 * Parameters: 1 the uplink, 2 keys of /proc/sys, 3 systemd units; the lists are blank-separated. Asked each few seconds
 * by an agent, so what sh can do itself starts no process (but /proc/sys gives `read`, which asks for single bytes, the first only). Lines that hold a DUID are left out here.
 */
export const stateScript = `LC_ALL=C; export LC_ALL
uplink=$1 keys=$2 units=$3
part() { printf '\\n${mark} part %s\\n' "$1"; }
left() { printf '\\n${mark} left %s\\n' $?; }
part clock
date +%s.%N
read -r up rest < /proc/uptime; echo "$up"
cat /proc/sys/kernel/random/boot_id
left
part addresses; ip -j address show; left
part routes; ip -j -6 route show table main; left
part neighbours; ip -j -6 neighbour show; left
part proxies; ip -j -6 neighbour show proxy; left
part kernel
set --
for key in $keys; do set -- "$@" "/proc/sys/$key"; done
[ $# = 0 ] || grep -sH . "$@"
left
part sysctl
set --
for dir in /etc /run /usr/local/lib /usr/lib /lib; do
  for file in $dir/sysctl.d/*.conf; do
    if [ -f "$file" ]; then echo "file $file"; set -- "$@" "$file"; elif [ -e "$file" ]; then echo "file $file"; fi
  done
done
[ $# = 0 ] || grep -HE '^[[:space:]]*-?[^#;]*(ipv6|[]*?])' "$@"
left
part manager
index=; read -r index < "/sys/class/net/$uplink/ifindex"
network=
if [ -r "/run/systemd/netif/links/$index" ]; then
  while IFS== read -r key value; do
    case $key in ADMIN_STATE) echo "networkd=$value" ;; NETWORK_FILE) network=$value ;; esac
  done < "/run/systemd/netif/links/$index"
fi
if [ -r "/run/NetworkManager/devices/$index" ]; then
  while IFS== read -r key value; do
    if [ "$key" = managed ]; then echo "NetworkManager=$value"; fi
  done < "/run/NetworkManager/devices/$index"
fi
for pid in /run/dhcpcd/pid /run/dhcpcd/*.pid /run/dhcpcd.pid /run/dhcpcd-*.pid; do
  if [ -r "$pid" ] && read -r value < "$pid" && [ -e "/proc/$value" ]; then echo "dhcpcd=$value"; fi
done
if [ -n "$network" ]; then
  name=\${network##*/}
  grep -H '^[[:space:]]*IPv6AcceptRA[[:space:]]*=' "$network" /dev/null \\
    "/etc/systemd/network/$name.d/"*.conf "/run/systemd/network/$name.d/"*.conf 2>/dev/null
fi
left
part networkd
if [ -n "$network" ]; then
  networkctl status --json=short "$uplink" 2>/dev/null |
    grep -o '"Prefix":\\[[0-9,]*\\],"PrefixLength":[0-9]*,[^}]*"ValidLifetimeU[Ss][Ee][Cc]":[0-9]*'
fi
left
part notes
if read -r line < "/run/bateau/leases/$uplink"; then echo "$line"; fi 2>/dev/null
left
part units
systemctl show --property=Id,LoadState,ActiveState,UnitFileState -- $units
left
part filter
if command -v nft > /dev/null; then
  rules=$(nft list ruleset); code=$?
  printf '%s\\n' "$rules" | sed -n '/^table inet bateau {/,/^}/{p;d;}; /^table /p; /^}/p; /^	chain /p; /hook /p; /icmpv6/p; /ipv6-icmp/p'
  (exit $code)
else echo 'nft is not installed'; false
fi
left
part end; left
`
