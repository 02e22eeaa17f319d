// Decides what can be known of a DevStack variable.
// Leaves the variables themselves to variables.

export type Kind =
  | 'bool'
  | 'number'
  | 'text'
  | 'path'
  | 'list'
  | 'url'
  | 'branch'
  | 'password'
  | 'address4'
  | 'address6'
  /** An address of either family, or a host name. */
  | 'host'
  | 'prefix4'
  | 'prefix6'
  | 'interface'
  | { oneOf: readonly string[] }

/** What must hold for a variable to have an effect; rules/effects says why. */
export type Need =
  | 'ovs-agent'
  | 'ovn'
  | 'ipv4'
  | 'ipv6'
  | 'service-6'
  | 'initial-networks'
  | 'ovn-networks'
  | 'provider-networking'
  | 'cinder'
  | 'swift'
  | 'tempest'
  | 'horizon'
  | 'novnc'
  | 'spice'
  | 'etcd3'
  | 'mysql'
  | 'rabbit'
  | 'ldap'
  | 'tls-proxy'
  | 'dhcp-agent'
  | 'never'

export type Variable = { name: string; kind: Kind; does: string; needs?: Need }

/** Written as rows: name, kind, what it does, what it needs. */
export type Row = readonly [name: string, kind: Kind, does: string, needs?: Need]
