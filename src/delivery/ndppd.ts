// Decides how ndppd answers the provider's router for the instances of an on-link block (RFC 4389's ND proxy, by a program).
// Leaves the server's own addresses to the kernel, and another ndppd of the host's alone.
import { bridges, routedOf, type Site } from '../core/site.ts'
import { file, shell } from '../core/step.ts'
import { section, systemdUnit } from '../render/systemd-unit.ts'
import type { Program } from './uplink-part.ts'

export const ndppdUnit = 'bateau-ndppd.service'

const config = '/etc/bateau/ndppd.conf'
const runner = '/etc/bateau/ndppd-run'

export function ndppd(site: Site): Program {
  return {
    unit: ndppdUnit,
    files: [
      file(config, configText(site)),
      file(runner, runnerText, '0755'),
      systemdUnit(
        ndppdUnit,
        ['Written by bateau.'],
        [
          section(
            'Unit',
            ['Description', `NDP proxy for ${site.delivery.block}`],
            ['After', 'network.target'],
            ['StartLimitIntervalSec', 0],
          ),
          section('Service', ['ExecStart', runner], ['Restart', 'always'], ['RestartSec', 5]),
          section('Install', ['WantedBy', 'multi-user.target']),
        ],
      ),
    ],
    prepare: [{ ...shell(install), idleSeconds: 300 }],
  }
}

/**
 * ndppd.conf(5). On br-ex it asks first, and answers for who is there only: the provider's router has room for few
 * entries. Behind routers there is nobody to ask: it answers for each tenant network whole.
 */
function configText(site: Site): string {
  const rule = (prefix: unknown, how: string) => `  rule ${String(prefix)} {\n    ${how}\n  }\n`
  const { public: direct } = site.addressing
  return `# Written by bateau.
proxy ${site.facts.uplink.name} {
  router no
  timeout 500
  ttl 30000
${rule(direct.prefix, `iface ${bridges.public}`)}${routedOf(site.addressing)
    .map(({ prefix }) => rule(prefix, 'static'))
    .join('')}}`
}

/** ndppd opens br-ex once; Open vSwitch makes it late, and anew. */
const runnerText = `#!/bin/sh
# Written by bateau: ndppd for as long as ${bridges.public} is the same one.
index=/sys/class/net/${bridges.public}/ifindex
child=
trap '[ -z "$child" ] || kill "$child"; exit 0' TERM INT
until [ -e $index ]; do sleep 2; done
was=$(cat $index)
ndppd -c ${config} &
child=$!
while kill -0 "$child" 2>/dev/null && [ "$(cat $index 2>/dev/null)" = "$was" ]; do sleep 2; done
kill "$child" 2>/dev/null
wait "$child"`

/** Debian's package starts a service of its own, without a configuration: it goes again when the package is new here. */
const install = `command -v ndppd >/dev/null && exit 0
apt-get -q update
DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends ndppd
systemctl disable -q --now ndppd.service`
