// Decides what is said when the kernel of the server does not route as it must, now or after the next boot.
// Leaves routes and addresses themselves to route and address.
import { onHost, uplinkOf, type TroubleKind } from './kind.ts'

const apply = '/usr/lib/systemd/systemd-sysctl /etc/sysctl.d/60-bateau.conf'

export const kernelKinds = {
  'forwarding-off': {
    title: (site) => `${site.name} does not forward IPv6`,
    why: () =>
      'no packet reaches an instance or leaves one; another program has set net.ipv6.conf.all.forwarding back',
    fix: (site) => onHost(site, `${apply}; then find who says otherwise: grep -r forwarding /etc/sysctl.d`),
    under: [],
  },
  'forwarding-not-persisted': {
    title: (site) => `${site.name} will not forward IPv6 after the next boot`,
    why: () => 'the files of sysctl.d(5) do not set it, or a later one takes it back',
    fix: () =>
      'bateau up; and take the line out of the file that was named, if it is another than 60-bateau.conf',
    under: [],
  },
  'accept-ra-reset': {
    title: (site) => `the kernel of ${site.name} ignores router advertisements on ${uplinkOf(site)}`,
    why: () =>
      'it configures the uplink itself, and a router listens to other routers only with accept_ra=2 (ip-sysctl of Linux); the default route ends with its lifetime',
    fix: (site) => onHost(site, `sysctl -w net.ipv6.conf.${uplinkOf(site)}.accept_ra=2`),
    under: [],
  },
  'accept-ra-not-persisted': {
    title: (site) => `${site.name} will ignore router advertisements after the next boot`,
    why: () =>
      'what configures the uplink at boot says so, and a server that forwards then has no default route',
    fix: () => 'bateau up; and look at the file that was named',
    under: [],
  },
  'neighbour-proxy-off': {
    title: (site) => `${site.name} does not answer for its instances on ${uplinkOf(site)}`,
    why: () =>
      "the provider's router looks for each address of the block on the link: without NDP proxy it finds none of the instances",
    fix: (site) =>
      onHost(site, `sysctl -w net.ipv6.conf.${uplinkOf(site)}.proxy_ndp=1; systemctl status ndppd`),
    under: ['service-down'],
  },
} satisfies Record<string, TroubleKind>
