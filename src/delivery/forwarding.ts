// Decides the kernel parameters of a server that routes IPv6 for its tenants, now and after a reboot.
// Leaves the uplink's own IPv6 to the delivery, and interfaces to systemd-networkd.
import { bridges, type Site } from '../core/site.ts'
import { command, shell, type HostStep } from '../core/step.ts'
import { sysctlFile, sysctlKey, type KernelParameter } from '../render/sysctl.ts'

export const sysctlPath = '/etc/sysctl.d/60-bateau.conf'

/** In /proc/sys. rp_filter is for IPv4 only and stays as it is. */
export function kernelParameters(site: Site): KernelParameter[] {
  const own = [site.facts.uplink.name, bridges.public, bridges.transit]
  return [
    {
      path: ['net', 'ipv6', 'conf', 'all', 'forwarding'],
      value: 1,
      why: "the server is its tenants' router; systemd-networkd's IPv6Forwarding= on single links is not enough",
    },
    ...(site.facts.ovsKernel
      ? []
      : [
          {
            path: ['net', 'ipv6', 'conf', 'default', 'disable_ipv6'],
            value: 1,
            why: 'Open vSwitch in user space: this stack sees the frames of every tap too, and must not answer or configure itself there',
          },
          {
            path: ['net', 'ipv6', 'conf', 'default', 'accept_ra'],
            value: 0,
            why: 'the same for router advertisements',
          },
          ...own.map((name) => ({
            path: ['net', 'ipv6', 'conf', name, 'disable_ipv6'],
            value: 0,
            why: `but ${name} speaks IPv6`,
            absentIsFine: true,
          })),
        ]),
    ...uplinkParameters(site),
  ]
}

/** What the kernel does on the uplink itself, where networkd does not see to it. */
function uplinkParameters({ facts, delivery }: Site): KernelParameter[] {
  const of = (name: string, value: number, why: string): KernelParameter => ({
    path: ['net', 'ipv6', 'conf', facts.uplink.name, name],
    value,
    why,
    absentIsFine: true,
  })
  const announced = delivery.kind === 'dhcpv6-pd' || delivery.gateway === 'ra'
  return [
    ...(facts.uplinkManager === 'ifupdown' && announced
      ? [of('accept_ra', 2, 'a router that forwards hears router advertisements at 2 only (ip-sysctl)')]
      : []),
    ...(delivery.kind === 'on-link' && delivery.proxy === 'kernel'
      ? [of('proxy_ndp', 1, "the kernel answers the provider's router for the instances")]
      : []),
  ]
}

/**
 * Before forwarding goes on: a kernel that listens to router advertisements by itself (accept_ra=1) would forget the
 * default route at that moment. accept_ra=2 keeps it until systemd-networkd, which sets 0 and listens itself, takes over.
 */
const keepDefaultRoute = `ra=/proc/sys/net/ipv6/conf/$1/accept_ra
if [ "$(cat "$ra")" = 1 ]; then echo 2 > "$ra"; fi`

export function forwardingStep(site: Site): HostStep {
  const parameters = kernelParameters(site)
  return {
    id: 'network/forwarding',
    title: 'IPv6 forwarding',
    because: 'packets to and from instances pass through the server',
    files: [sysctlFile(sysctlPath, ['Written by bateau.'], parameters)],
    run: [
      { argv: ['sh', '-ec', keepDefaultRoute, 'sh', site.facts.uplink.name] },
      command('/usr/lib/systemd/systemd-sysctl', sysctlPath),
    ],
    verify: parameters
      .filter((parameter) => !parameter.absentIsFine)
      .map((parameter) => shell(`test "$(cat /proc/sys/${sysctlKey(parameter)})" = ${parameter.value}`)),
  }
}

/** Keys of /proc/sys that the server's parameters stand under. */
export const kernelKeys = (site: Site): string[] => kernelParameters(site).map(sysctlKey)
