// Decides how a network namespace with its links, addresses and routes is described, made and found incomplete.
// Leaves what is in the edge's namespaces to edge-network.
export type Link = {
  name: string
  /** A cable is described at one of its ends; the other end may be in another namespace. */
  kind: { bridge: true } | { cable: { name: string; namespace: string } } | { given: true }
  master?: string
  /** With length: `fe80::1/64`. */
  addresses: readonly string[]
}
export type Route = {
  /** `default` or a prefix. */
  to: string
  family: 4 | 6
  /** Without a next hop: a neighbour on `dev`, and without that too `unreachable`. */
  via?: string
  dev?: string
  metric?: number
}
export type Namespace = {
  name: string
  mark: string
  sysctls: Readonly<Record<string, string>>
  links: readonly Link[]
  routes: readonly Route[]
}

/**
 * Shell text (sh -e) that makes what is missing and leaves what is there. Nothing ever is in the machine's own
 * namespace: cables are made inside.
 */
export function namespaceScript(all: readonly Namespace[]): string {
  const lines = all.flatMap((ns) => [
    refuseForeign(ns.name, ns.mark),
    `[ -e /run/netns/${ns.name} ] || ip netns add ${ns.name}`,
    `ip -n ${ns.name} link set lo up alias ${ns.mark}`,
    ...Object.entries(ns.sysctls).map(
      ([key, value]) => `nsenter --net=/run/netns/${ns.name} sysctl -q -w ${key}=${value}`,
    ),
  ])
  for (const ns of all) for (const link of ns.links) lines.push(...linkLines(ns.name, link))
  for (const ns of all) for (const route of ns.routes) lines.push(routeLine(ns.name, route))
  return `${lines.join('\n')}\n`
}

/** Shell text that fails where a namespace of this name carries another's mark. */
export function refuseForeign(name: string, mark: string): string {
  return `case $(ip -n ${name} link show lo 2>/dev/null | sed -n 's/^ *alias //p') in
  '' | ${mark}) ;;
  *) echo "the namespace ${name} is not of this rehearsal" >&2; exit 1 ;;
esac`
}

function linkLines(ns: string, link: Link): string[] {
  const here = `ip -n ${ns} link`
  const make =
    'bridge' in link.kind
      ? [`${here} add ${link.name} type bridge mcast_snooping 0`]
      : 'cable' in link.kind
        ? [
            `${here} add ${link.name} type veth peer name ${link.kind.cable.name} netns ${link.kind.cable.namespace}`,
          ]
        : []
  return [
    ...make.map((line) => `${here} show ${link.name} >/dev/null 2>&1 || ${line}`),
    // One link-local address a bridge, the one given: with two, daemons hear and answer everything twice.
    ...('bridge' in link.kind ? [`${here} set ${link.name} addrgenmode none`] : []),
    `${here} set ${link.name} ${link.master === undefined ? '' : `master ${link.master} `}up`,
    ...link.addresses.map((address) =>
      address.includes(':')
        ? `ip -n ${ns} addr replace ${address} dev ${link.name} nodad`
        : `ip -n ${ns} addr replace ${address} dev ${link.name}`,
    ),
  ]
}

function routeLine(ns: string, route: Route): string {
  const hop = route.via === undefined ? '' : ` via ${route.via}`
  const dev = route.dev === undefined ? '' : ` dev ${route.dev}`
  const metric = route.metric === undefined ? '' : ` metric ${route.metric}`
  return `ip -n ${ns} -${route.family} route replace ${isUnreachable(route) ? 'unreachable ' : ''}${route.to}${hop}${dev}${metric}`
}

const isUnreachable = ({ via, dev }: Route) => via === undefined && dev === undefined

/** What `ip -j link show lo`, `ip -j addr` and `ip -j route` say of a namespace. */
export type SeenNamespace = {
  names: readonly { ifalias?: string }[]
  links: readonly { ifname: string; addr_info: readonly { local: string; prefixlen: number }[] }[]
  routes: readonly { dst: string; gateway?: string; dev?: string; type?: string }[]
}

/** What is described and was not seen, in words. */
export function missing(ns: Namespace, seen: SeenNamespace): string[] {
  const links = new Map(seen.links.map((link) => [link.ifname, link]))
  const unmarked = seen.names[0]?.ifalias === ns.mark ? [] : [`mark of ${ns.name}`]
  const lost = ns.links.flatMap(({ name, addresses }) => {
    const link = links.get(name)
    if (!link) return [`${ns.name}: ${name}`]
    const has = new Set(link.addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`))
    return addresses
      .filter((address) => !has.has(address))
      .map((address) => `${ns.name}: ${address} on ${name}`)
  })
  const unrouted = ns.routes.filter(
    (route) =>
      !seen.routes.some(
        ({ dst, gateway, dev, type }) =>
          dst === (route.to.endsWith('/128') ? route.to.slice(0, -'/128'.length) : route.to) &&
          (isUnreachable(route)
            ? type === 'unreachable'
            : gateway === route.via && (route.via !== undefined || dev === route.dev)),
      ),
  )
  return [...unmarked, ...lost, ...unrouted.map(({ to }) => `${ns.name}: route to ${to}`)]
}
