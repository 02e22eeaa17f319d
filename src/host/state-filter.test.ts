// Holds the reading of packet filters to what nft prints: which drops break IPv6, and what bateau's table remembers.
import { describe, expect, it } from 'vitest'
import { readFilter } from './state-filter.ts'

const table = (name: string, rule: string) =>
  `table ${name} {\n\tchain input {\n\t\ttype filter hook input priority filter; policy accept;\n\t\t${rule}\n\t}\n}`

describe('a rule of another table', () => {
  it.each([
    ['icmpv6 type packet-too-big drop'],
    ['meta l4proto ipv6-icmp counter packets 0 bytes 0 drop'],
    ['ip6 nexthdr ipv6-icmp reject with icmpv6 admin-prohibited'],
    ['icmpv6 type { nd-redirect, nd-router-advert } drop'],
    ['iifname "eno1" icmpv6 type echo-reply counter packets 12 bytes 3 drop comment "mine"'],
  ])('drops what IPv6 lives by: %s', (rule) => {
    expect(readFilter(table('inet mine', rule)).foreignDrops).toEqual([
      { table: 'inet mine', chain: 'input', rule },
    ])
  })

  it.each([
    ['icmpv6 type nd-redirect drop'],
    ['icmpv6 type { nd-redirect, router-renumbering } drop'],
    ['icmpv6 type echo-request limit rate over 10/second drop'],
    ['meta l4proto ipv6-icmp ct state invalid drop'],
    ['icmpv6 type packet-too-big accept'],
    ['tcp dport 25 reject with icmpv6 admin-prohibited'],
  ])('does no harm: %s', (rule) => {
    expect(readFilter(table('inet mine', rule)).foreignDrops).toEqual([])
  })

  it('of bateau itself is none', () => {
    for (const name of ['inet bateau', 'inet bateau-quarantine'])
      expect(readFilter(table(name, 'icmpv6 type nd-router-advert drop')).foreignDrops).toEqual([])
  })
})

describe('what the filter remembers', () => {
  const set = (name: string, elements: string) =>
    `\tset ${name} {\n\t\ttype ipv6_addr\n\t\tsize 64\n\t\tflags dynamic,timeout\n\t\ttimeout 1h\n${elements && `\t\telements = { ${elements} }\n`}\t}\n`
  const of = (...sets: string[]) => readFilter(`table inet bateau {\n${sets.join('\n')}}`).heard

  it('is how long ago, from what is left of an element', () => {
    const heard = of(
      set('routers', 'fe80::1 expires 59m58s500ms,\n\t\t\t     fe80::2 expires 30m'),
      set('withdrawn', ''),
      set('dhcpv6_asked', '"eno1" expires 4m30s'),
      set('dhcpv6_answered', ''),
    )
    expect(JSON.parse(JSON.stringify(heard))).toEqual({
      routers: [
        { router: 'fe80::1', secondsAgo: 1.5 },
        { router: 'fe80::2', secondsAgo: 1800 },
      ],
      withdrawn: [],
      askedSeconds: 30,
      answeredSeconds: null,
    })
  })

  it('is nothing in a table of an older bateau, and without a table', () => {
    expect(of()).toBeNull()
    expect(readFilter('')).toEqual({ firewall: null, heard: null, foreignDrops: [] })
  })
})
