// Decides what of a finished cloud must be the same however its run went: names, addresses, routes, files, rules.
// Leaves ids, times, MACs and passwords out: they differ from world to world.
import type { Berth } from './bateau.ts'

const script = `
q() { mariadb -N -B "$1" -e "$2" | sort; }
echo "# projects"; q keystone "select name from project where is_domain=0"
echo "# users"; q keystone "select name from local_user"
echo "# networks"; q neutron "select name from networks"
echo "# subnets"; q neutron "select name, cidr, ipv6_address_mode, ipv6_ra_mode, gateway_ip from subnets"
echo "# pools"; q neutron "select name from subnetpools"
echo "# routers"; q neutron "select name from routers"
echo "# rules"; q neutron "select ethertype, protocol, port_range_min, remote_ip_prefix, direction from securitygrouprules" | uniq -c
echo "# instances"; q nova "select display_name, vm_state from instances where deleted=0"
echo "# keypairs"; q nova_api "select name, count(*) from key_pairs group by name"
echo "# flavors"; q nova_api "select name, memory_mb, vcpus, root_gb from flavors"
echo "# images"; q glance "select name, status from images where deleted=0"
echo "# endpoints"; q keystone "select interface, url from endpoint"
echo "# steps"; ls /var/lib/bateau/steps
echo "# units"; systemctl --failed --no-legend --plain | cut -d' ' -f1
echo "# routes"; ip -6 route show proto static | sed 's/ metric.*//' | sort
echo "# listeners"; ss -ltnH | awk '{print $4}' | grep -vE '^(127\\.|\\[::1\\])' | sort -u
`

export async function endState(berth: Berth, server: string): Promise<string> {
  const ran = await berth.ssh(server, 'sh', '-c', script)
  if (ran.code !== 0) throw new Error(`the end state of ${server} cannot be read: ${ran.err}`)
  return ran.out
}
