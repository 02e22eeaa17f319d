// Decides what a delivery says of the uplink, and what every way of holding it leans on.
// Leaves the deliveries to routed, dhcpv6-pd and on-link, and the holding to uplink-networkd and uplink-kernel.
import type { Address } from '../core/prefix.ts'
import type { Site } from '../core/site.ts'
import { shell, type Command, type RenderedFile } from '../core/step.ts'
import type { NetworkSection } from '../render/networkd.ts'
import type { Setting } from '../render/systemd-unit.ts'

/** What one kind of delivery asks of the uplink, and of the rest of the host. */
export type UplinkPart = {
  because: string
  /** The provider's router: announced, or at an address that is on-link whatever the prefix. */
  gateway: 'ra' | Address
  /** Addresses of the uplink, with their lengths, besides the service address. */
  addresses: readonly string[]
  /** What networkd is told beyond that, where it has the uplink. */
  networkd: { network: readonly Setting[]; sections: readonly NetworkSection[] }
  /** What runs beside it: a DHCPv6 client, an NDP proxy. */
  program: Program | null
  /** Put into force: must end when the block is there, or say why not. */
  arrive: Command
  verify: readonly Command[]
}

export type Program = {
  unit: string
  files: readonly RenderedFile[]
  /** Before the unit is started: what must be installed, and what may not run beside it. */
  prepare: readonly Command[]
}

/** How the uplink is held: the files, the commands that put them into force, and what must then be so. */
export type Holding = {
  files: readonly RenderedFile[]
  /** What may refuse, before anything is changed. */
  guard: readonly Command[]
  run: readonly Command[]
  verify: readonly Command[]
}

/**
 * A block of one prefix has its service address on br-ex, as `::1` there; on-link on the uplink too, where the kernel
 * then answers the provider's router for it whether or not the bridge is there.
 */
export const serviceOnUplink = (site: Site): boolean =>
  site.delivery.kind === 'on-link' || !site.addressing.service.equals(site.addressing.public.host)

/** What of the block is not in use ends here, instead of going back and forth between server and provider. */
export const blackholeMetric = 4096

/** True when a shell test prints something. */
export const prints = (script: string): Command => shell(`${script} | grep -q .`)

/** Polls `test` each second: prints what it waits for at the start and every 5 s, and `else` when it gives up. */
export function waitFor(what: string, test: string, seconds: number, otherwise: string): Command {
  const script = `i=0
until ${test}; do
  [ $((i % 5)) != 0 ] || echo "waiting for ${what} ($i s)"
  i=$((i + 1))
  if [ $i -gt ${seconds} ]; then echo "${otherwise}" >&2; exit 1; fi
  sleep 1
done
echo "${what}: there after $i s"`
  return { argv: ['sh', '-ec', script], idleSeconds: 30 }
}
