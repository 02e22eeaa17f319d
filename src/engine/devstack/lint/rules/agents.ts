// Decides what is said of bridges, of the network card, and of OVN beside the agents of ML2/OVS.
// Leaves addresses to prefixes.
import { about, absent, type Draft, type Rule, shown } from '../finding.ts'

const pivot: Rule = ({ set, value, source }) => {
  const setting = set('PUBLIC_INTERFACE')
  if (!setting || setting.text === '') return []
  if (setting.text !== null && [value('PUBLIC_BRIDGE'), value('OVS_PHYSICAL_BRIDGE')].includes(setting.text))
    return [
      about(setting, {
        code: 'bridge-in-itself',
        verdict: 'wrong',
        title: `${shown(setting)} is the bridge itself, not a card`,
        why: 'DevStack would make the bridge a port of itself',
        fix: 'take the line out',
        source: source('pivot'),
        mend: { kind: 'out' },
      }),
    ]
  return [
    about(setting, {
      code: 'card-in-bridge',
      verdict: 'dangerous',
      title: `the card ${shown(setting)} becomes a port of the public bridge, with its addresses and default route`,
      why: 'on a server with one card this is the way to it: the block is routed to its link-local address, which changes; only one address of each family moves; after a reboot, and with unstack.sh, the host is off the network. A block that is routed to the host needs no card in the bridge',
      fix: 'take the line out. Only a second card without addresses may stand here: then say so with # bateau: accept card-in-bridge',
      source: source('pivotMoves'),
      mend: { kind: 'out' },
    }),
  ]
}

const twoBridges: Rule = ({ set, value, source }) => {
  const inside = value('OVS_PHYSICAL_BRIDGE')
  const outside = value('PUBLIC_BRIDGE')
  const setting = set('OVS_PHYSICAL_BRIDGE') ?? set('PUBLIC_BRIDGE')
  if (!setting || inside === null || outside === null || inside === outside) return []
  return [
    about(setting, {
      code: 'two-bridges',
      verdict: 'contradiction',
      title: `OVS_PHYSICAL_BRIDGE is ${inside}, and PUBLIC_BRIDGE is ${outside}`,
      why: 'one part of DevStack sets up the first, another the second, and each maps the public network to its own',
      fix: `write the same for both, or take both lines out (br-ex)`,
      source: source('ovnBridge'),
    }),
  ]
}

/** The name that the public network has must be one that a bridge is mapped to. */
const unmapped: Rule = ({ set, value, source }) => {
  const name = value('PUBLIC_PHYSICAL_NETWORK')
  const setting = set('PUBLIC_PHYSICAL_NETWORK') ?? set('OVN_BRIDGE_MAPPINGS') ?? set('PHYSICAL_NETWORK')
  const mappings =
    set('OVN_BRIDGE_MAPPINGS')?.text ?? `${value('PHYSICAL_NETWORK') ?? ''}:${value('PUBLIC_BRIDGE') ?? ''}`
  if (!setting || name === null || value('Q_AGENT') !== 'ovn') return []
  if (mappings.split(',').some((one) => one.trim().startsWith(`${name}:`))) return []
  return [
    about(setting, {
      code: 'network-without-bridge',
      verdict: 'contradiction',
      title: `the public network is on ${name}, and no bridge is mapped to that name (${mappings})`,
      why: 'OVN connects a provider network by this mapping only; without it no packet leaves',
      fix: `write OVN_BRIDGE_MAPPINGS=${name}:${value('PUBLIC_BRIDGE') ?? 'br-ex'}`,
      source: source('ovnMappings'),
    }),
  ]
}

const ovnServices = ['ovn-controller', 'ovn-northd', 'q-ovn-metadata-agent', 'q-ovn-agent']

const bothAgents: Rule = (given) => {
  const agent = given.value('Q_AGENT')
  const wrong =
    agent === 'ovn'
      ? ['q-agt', 'neutron-agent', 'q-l3', 'neutron-l3'].filter((name) => given.isOn(name))
      : agent === 'openvswitch'
        ? ovnServices.filter((name) => given.isOn(name))
        : []
  const [first] = wrong
  if (first === undefined || given.services.isUnsure) return []
  const named = given.services.named.findLast(({ service }) => wrong.includes(service))
  const words = {
    code: 'two-agents',
    verdict: 'contradiction' as const,
    title: `Q_AGENT is ${agent ?? ''}, and ${wrong.join(', ')} ${wrong.length === 1 ? 'is' : 'are'} on`,
    why:
      agent === 'ovn'
        ? 'stack.sh stops: OVN does the work of these agents itself'
        : 'OVN and the agents of ML2/OVS would both rule the same bridges',
    fix: `add disable_service ${wrong.join(' ')}${agent === 'ovn' ? ', or set Q_AGENT=openvswitch' : ''}`,
    source: given.source('ovnSanity'),
  }
  const setting = given.set('Q_AGENT')
  if (setting) return [about(setting, words)]
  return named && wrong.includes(named.service)
    ? [{ ...words, line: named.line, column: named.column, length: 0, variable: null }]
    : [absent(given, null, words)]
}

const drivers: Rule = ({ set, value, source }) => {
  const setting = set('Q_ML2_PLUGIN_MECHANISM_DRIVERS') ?? set('Q_AGENT')
  const agent = value('Q_AGENT')
  const named = value('Q_ML2_PLUGIN_MECHANISM_DRIVERS')
  if (!setting || agent === null || named === null || named.split(',').includes(agent)) return []
  return [
    about(setting, {
      code: 'driver-unlike-agent',
      verdict: 'contradiction',
      title: `Q_AGENT is ${agent}, and Q_ML2_PLUGIN_MECHANISM_DRIVERS is ${named}`,
      why: 'ports are bound by a driver whose agent does not run; no instance gets a network',
      fix: `write Q_ML2_PLUGIN_MECHANISM_DRIVERS=${agent}`,
      source: source(agent === 'ovn' ? 'ovnSanity' : 'agent'),
    }),
  ]
}

const noAgent: Rule = (given) => {
  if (given.value('Q_AGENT') !== 'openvswitch' || given.services.isUnsure) return []
  const missing = ['q-agt', 'q-l3', 'q-dhcp', 'q-meta'].filter((name) => !given.isOn(name))
  const drafts: Draft[] = []
  if (missing.length > 0 && !given.isOn('neutron-agent') && given.isOn('q-svc', 'neutron-api'))
    drafts.push(
      absent(given, null, {
        code: 'agents-missing',
        verdict: 'missing',
        title: `Q_AGENT=openvswitch needs ${missing.join(', ')}`,
        why: "they are not among DevStack's default services, which are those of OVN",
        fix: `add enable_service ${missing.join(' ')}`,
        source: given.source('defaultServices'),
        mend: { kind: 'add', text: `enable_service ${missing.join(' ')}` },
      }),
    )
  return drafts
}

export const agentRules: readonly Rule[] = [pivot, twoBridges, unmapped, bothAgents, drivers, noAgent]
