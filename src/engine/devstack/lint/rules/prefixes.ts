// Decides what is said of the IPv6 prefixes and gateways of the networks that DevStack makes.
// Leaves addresses of the host to addresses, and how instances learn theirs to guests.
import { Prefix } from '../../../../core/prefix.ts'
import { about, absent, type Draft, type Given, type Rule } from '../finding.ts'
import { addressOf, prefixOf, wantedLayout } from './layout.ts'

const linkLocal = Prefix.of('fe80::/10')
const unique = Prefix.of('fc00::/7')
const global = Prefix.of('2000::/3')

/** Networks with IPv6 are made at all. */
const isMade = ({ value }: Given) =>
  value('NEUTRON_CREATE_INITIAL_NETWORKS') === 'True' && (value('IP_VERSION') ?? '').endsWith('6')

const poolSetting = ({ set }: Given) => set('SUBNETPOOL_PREFIX_V6') ?? set('IPV6_ADDRS_SAFE_TO_USE')

const pool: Rule = (given) => {
  const setting = poolSetting(given)
  const prefix = prefixOf(setting?.text ?? null)
  if (!setting || !prefix || !isMade(given)) return []
  const layout = wantedLayout(given)
  const publicRange = prefixOf(given.value('IPV6_PUBLIC_RANGE'))
  const range = layout?.public ?? publicRange
  const better = layout
    ? {
        fix: `write ${setting.name}=${layout.pool}`,
        mend: { kind: 'replace' as const, text: `${setting.name}=${layout.pool}` },
      }
    : {
        fix: 'give it a part of the routed block that does not hold IPV6_PUBLIC_RANGE, or leave it out for a private prefix (ULA)',
      }
  const say = (
    code: string,
    title: string,
    why: string,
    cite: 'safeToUse' | 'poolCreated' | 'routerPort',
  ) => [about(setting, { code, verdict: 'wrong', title, why, source: given.source(cite), ...better })]
  if (linkLocal.overlaps(prefix))
    return say(
      'pool-link-local',
      `${prefix} is link-local: instances take no address from it`,
      "it is the pool that students' networks get their /64 from; SLAAC ignores a link-local prefix (RFC 4862, section 5.5.3 b), and DevStack installs a route for it on the public bridge",
      'safeToUse',
    )
  if (!unique.contains(prefix) && !global.contains(prefix))
    return say(
      'pool-of-no-use',
      `${prefix} is neither global nor private (ULA)`,
      'no instance can use an address of it',
      'safeToUse',
    )
  if (prefix.length > 64)
    return say(
      'pool-too-long',
      `${prefix} is longer than the /64 that each network gets`,
      'Neutron cannot carve a /64 from it, and the first network fails',
      'poolCreated',
    )
  if (publicRange && !layout && prefix.overlaps(publicRange))
    return say(
      'pool-overlaps-public',
      `${prefix} overlaps IPV6_PUBLIC_RANGE=${publicRange}`,
      'a router refuses two networks that overlap, and the first router has both',
      'routerPort',
    )
  if (layout && range && prefix.contains(range))
    return say(
      'pool-overlaps-public',
      `${prefix} holds the public network`,
      'a router refuses two networks that overlap, and the first router has both',
      'routerPort',
    )
  if (prefix.length === 64)
    return say(
      'pool-of-one',
      `${prefix} is exactly one network`,
      'each network takes a /64 of the pool; the second one finds it empty',
      'poolCreated',
    )
  return []
}

const privateGateway: Rule = (given) => {
  const setting = given.set('IPV6_PRIVATE_NETWORK_GATEWAY')
  const gateway = addressOf(setting?.text ?? null)
  if (!setting || !gateway || !isMade(given)) return []
  const prefix = prefixOf(poolSetting(given)?.text ?? null)
  const first = prefix && prefix.length <= 64 ? Prefix.at(prefix.network, 64) : null
  if (first?.containsAddress(gateway) && !linkLocal.overlaps(first)) {
    if (!gateway.equals(first.host(1))) return []
    return [
      about(setting, {
        code: 'default-anyway',
        verdict: 'redundant',
        title: 'it is the address that Neutron takes by itself',
        why: 'the first address of the /64 is the gateway when none is named',
        fix: 'take the line out',
        source: given.source('privateGateway'),
      }),
    ]
  }
  return [
    about(setting, {
      code: 'private-gateway-outside',
      verdict: 'wrong',
      title: `${gateway} is not in the /64 that the private network gets${first ? ` (${first})` : ''}`,
      why: "it is the address of OpenStack's own router in students' network, not the provider's; Neutron refuses the router's port, and stack.sh stops",
      fix: 'take the line out: Neutron takes the first address of the /64',
      source: given.source('routerPort'),
      mend: { kind: 'out' },
    }),
  ]
}

const publicRange: Rule = (given) => {
  const setting = given.set('IPV6_PUBLIC_RANGE')
  const range = prefixOf(setting?.text ?? null)
  if (!setting || !range || !isMade(given)) return []
  const say = (code: string, title: string, why: string, fix: string, mended: Prefix | null) => [
    about(setting, {
      code,
      verdict: 'wrong',
      title,
      why,
      fix,
      source: given.source('publicSubnet'),
      ...(mended ? { mend: { kind: 'replace' as const, text: `IPV6_PUBLIC_RANGE=${mended}` } } : {}),
    }),
  ]
  if (!global.contains(range) && !unique.contains(range))
    return say(
      'public-range-of-no-use',
      `${range} is no prefix that instances can be reached by`,
      'only global addresses are routed in the internet',
      'write a /64 of the block that the provider routes to this host',
      null,
    )
  if (range.length === 64) return []
  const mended = wantedLayout(given)?.public ?? range.nth(64, 0) ?? null
  return range.length < 64
    ? say(
        'public-range-whole-block',
        `${range} makes one network of ${range.count(64)} networks of /64`,
        "SLAAC needs a /64 exactly, and nothing of the block is left for students' networks",
        `write one /64 of it: IPV6_PUBLIC_RANGE=${mended ?? ''}`,
        mended,
      )
    : say(
        'public-range-too-long',
        `${range} is shorter of addresses than a /64`,
        'SLAAC needs a /64 exactly',
        'write a /64',
        null,
      )
}

const publicGateway: Rule = (given) => {
  const setting = given.set('IPV6_PUBLIC_NETWORK_GATEWAY')
  const gateway = addressOf(setting?.text ?? null)
  if (!setting || !gateway || !isMade(given)) return []
  const named = prefixOf(given.value('IPV6_PUBLIC_RANGE'))
  const range = wantedLayout(given)?.public ?? named
  const first = range && range.length <= 127 ? range.host(1) : null
  const mend = first
    ? {
        fix: `write IPV6_PUBLIC_NETWORK_GATEWAY=${first}`,
        mend: { kind: 'replace' as const, text: `IPV6_PUBLIC_NETWORK_GATEWAY=${first}` },
      }
    : { fix: 'write the first address of IPV6_PUBLIC_RANGE' }
  if (named && !named.containsAddress(gateway))
    return [
      about(setting, {
        code: 'public-gateway-outside',
        verdict: 'wrong',
        title: `${gateway} is outside of IPV6_PUBLIC_RANGE=${named}`,
        why: "DevStack puts this address on the public bridge: it must be the host's own, never the provider's router, and inside the network that it is the gateway of",
        source: given.source('bridgeAddress'),
        ...mend,
      }),
    ]
  if (named?.network.equals(gateway))
    return [
      about(setting, {
        code: 'public-gateway-anycast',
        verdict: 'wrong',
        title: `${gateway} is the address of all routers of the network (subnet-router anycast)`,
        why: "it is no address of one host (RFC 4291, section 2.6.1): it dies with forwarding, is nobody's where there are two hosts, and unstack.sh takes every address that begins so for it",
        source: given.source('gatewayGrep'),
        ...mend,
      }),
    ]
  if (range && !range.containsAddress(gateway))
    return [
      about(setting, {
        code: 'public-gateway-outside',
        verdict: 'wrong',
        title: `${gateway} is outside of the /64 that IPV6_PUBLIC_RANGE should be`,
        why: 'the gateway is inside the network that it is the gateway of',
        source: given.source('publicGateway'),
        ...mend,
      }),
    ]
  if (`${gateway}` === setting.text) return []
  return [
    about(setting, {
      code: 'gateway-spelling',
      verdict: 'wrong',
      title: `written as ${setting.text ?? ''}, unstack.sh does not find it again`,
      why: 'it looks for the very text among the addresses of the bridge, which the kernel shows as RFC 5952 has them',
      fix: `write IPV6_PUBLIC_NETWORK_GATEWAY=${gateway}`,
      source: given.source('gatewayGrep'),
      mend: { kind: 'replace', text: `IPV6_PUBLIC_NETWORK_GATEWAY=${gateway}` },
    }),
  ]
}

/** DevStack's own values for the two are of the documentation prefix, and belong together. */
const half: Rule = (given) => {
  const means6 = (given.set('IP_VERSION')?.text ?? '').endsWith('6') || given.set('IPV6_ADDRS_SAFE_TO_USE')
  const range = given.set('IPV6_PUBLIC_RANGE')
  const gateway = given.set('IPV6_PUBLIC_NETWORK_GATEWAY')
  if (!isMade(given) || (!range && !gateway && !means6) || (range && gateway)) return []
  const drafts: Draft[] = []
  if (!range)
    drafts.push(
      absent(given, 'IPV6_PUBLIC_RANGE', {
        code: 'public-range-missing',
        verdict: 'missing',
        title: 'IPV6_PUBLIC_RANGE is not set: the public network becomes 2001:db8::/64',
        why: 'that prefix is for documentation (RFC 3849); nobody routes it',
        fix: 'add IPV6_PUBLIC_RANGE= with a /64 of the block that is routed to this host',
        source: given.source('publicSubnet'),
      }),
    )
  if (!gateway) {
    const first = (wantedLayout(given)?.public ?? prefixOf(range?.text ?? null))?.host(1)
    drafts.push(
      absent(given, 'IPV6_PUBLIC_NETWORK_GATEWAY', {
        code: 'public-gateway-missing',
        verdict: 'missing',
        title: 'IPV6_PUBLIC_NETWORK_GATEWAY is not set: it becomes 2001:db8::2',
        why: 'that is outside of the network, and DevStack puts it on the public bridge',
        fix: `add IPV6_PUBLIC_NETWORK_GATEWAY=${first ?? 'with the first address of IPV6_PUBLIC_RANGE'}`,
        source: given.source('publicGateway'),
        ...(first && range
          ? { mend: { kind: 'add' as const, text: `IPV6_PUBLIC_NETWORK_GATEWAY=${first}` } }
          : {}),
      }),
    )
  }
  return drafts
}

export const prefixRules: readonly Rule[] = [pool, privateGateway, publicRange, publicGateway, half]
