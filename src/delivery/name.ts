// Decides what the server calls itself, and that its name leads to itself over IPv6.
// Leaves DNS names to dns/.
import type { Site } from '../core/site.ts'
import { command, file, type HostStep } from '../core/step.ts'

const begin = '# bateau: begin (what stands between these two marks is replaced)'
const end = '# bateau: end'

/**
 * Puts the block from standard input at the top of /etc/hosts, instead of a former one; the rest stays. A block that
 * was begun and never ended is left alone: cutting there would lose the user's own lines.
 */
const putBlock = `new=$(mktemp /etc/hosts.XXXXXX)
trap 'rm -f "$new"' EXIT
{ cat; if grep -qxF '${end}' /etc/hosts; then sed '/^# bateau: begin/,/^# bateau: end$/d' /etc/hosts; else cat /etc/hosts; fi; } > "$new"
cmp -s "$new" /etc/hosts && exit 0
chmod 644 "$new"
mv "$new" /etc/hosts`

/**
 * Hostname and /etc/hosts. RabbitMQ (as `rabbit@os1`) and libvirt look their own name up; it must give ::1, where
 * the services listen, first.
 */
export function nameStep(site: Site): HostStep {
  const block = [
    begin,
    '127.0.0.1 localhost',
    `::1 localhost ip6-localhost ip6-loopback ${site.name}`,
    end,
    '',
  ]
  return {
    id: 'network/name',
    title: `Name: ${site.name}`,
    because: 'RabbitMQ and nova-compute know a server by its name, which must lead to ::1',
    files: [
      file('/etc/hostname', site.name),
      file(
        '/etc/cloud/cloud.cfg.d/99-bateau.cfg',
        '# Written by bateau: cloud-init leaves the name and /etc/hosts as they are.\npreserve_hostname: true\nmanage_etc_hosts: false',
      ),
    ],
    run: [command('hostname', site.name), { argv: ['sh', '-ec', putBlock], stdin: block.join('\n') }],
    verify: [
      { argv: ['sh', '-c', 'test "$(cat /proc/sys/kernel/hostname)" = "$1"', 'sh', site.name] },
      { argv: ['sh', '-c', 'getent ahostsv6 "$1" | grep -q "^::1 "', 'sh', site.name] },
    ],
  }
}
