// Decides the smallest network that packets can be heard on: two namespaces, a server and a router, with one cable between.
// Leaves what is sent over it to the tests.
import { expect } from 'vitest'
import { Address } from '../../src/core/prefix.ts'
import type { Shell } from '../../src/core/shell.ts'
import { localShell } from '../../src/host/spawn.ts'
import { machine } from './world.ts'

export const must = async (shell: Shell, script: string): Promise<string> => {
  const ran = await shell.run(['sh', '-ec', script])
  expect(ran, script).toMatchObject({ code: 0 })
  return ran.stdout
}

export type Cable = {
  server: Shell
  router: Shell
  /** On the server's end, `eno1`. */
  serverAddress: Address
  /** On the router itself, beyond the link. */
  beyond: Address
  macs: { server: string; router: string }
  /** Processes in the server's namespace, one a line. */
  processes: () => Promise<string>
  make: () => Promise<unknown>
  remove: () => Promise<unknown>
}

/** `name` begins the names of both namespaces. The router's end is `seg0`; nobody announces anything. */
export function cable(name: string): Cable {
  const [here, there] = [`bateau-${name}-${process.pid}-a`, `bateau-${name}-${process.pid}-b`]
  const inside = (ns: string) => localShell(ns, ['nsenter', `--net=/run/netns/${ns}`])
  const [serverAddress, beyond] = [Address.of('2001:2:0:ef00::10'), Address.of('2001:2:0:ef11::1')]
  const macs = { server: '02:00:5e:10:00:10', router: '02:00:5e:10:00:01' }
  const wiring = `
for n in ${here} ${there}; do ip netns add $n; ip -n $n link set lo up
  for k in all.disable_ipv6=0 default.disable_ipv6=0 default.accept_ra=0 default.accept_dad=0; do ip netns exec $n sysctl -qw net.ipv6.conf.$k; done
done
ip -n ${here} link add eno1 address ${macs.server} type veth peer name seg0 address ${macs.router} netns ${there}
ip -n ${here} link add idle type bridge
ip -n ${here} link set eno1 up; ip -n ${there} link set seg0 up
ip -n ${here} addr add ${serverAddress}/64 dev eno1 nodad; ip -n ${there} addr add 2001:2:0:ef00::1/64 dev seg0 nodad
ip -n ${there} addr add ${beyond}/128 dev lo nodad`
  return {
    server: inside(here),
    router: inside(there),
    serverAddress,
    beyond,
    macs,
    processes: async () => (await machine.run(['ip', 'netns', 'pids', here])).stdout,
    make: () => must(machine, wiring),
    async remove() {
      for (const ns of [here, there]) await machine.run(['ip', 'netns', 'del', ns])
    },
  }
}
