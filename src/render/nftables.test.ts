// Holds the table's text to one transaction that replaces it.
import { describe, expect, it } from 'vitest'
import { anyOf, nftTable, quoted } from './nftables.ts'

describe('an nftables table', () => {
  it('is declared, deleted and declared again, so that loading replaces it whether it was there or not', () => {
    const text = nftTable(['Why.'], {
      family: 'inet',
      name: 't',
      chains: [
        {
          name: 'input',
          hook: { at: 'input', priority: 'filter', policy: 'accept' },
          rules: [{ nft: `iifname ${quoted('eno1')} goto outside`, why: 'because' }],
        },
        { name: 'outside', rules: [{ nft: 'drop' }] },
      ],
    })
    expect(text).toBe(`# Why.

table inet t
delete table inet t
table inet t {
  chain input {
    type filter hook input priority filter; policy accept;
    # because
    iifname "eno1" goto outside
  }

  chain outside {
    drop
  }
}
`)
  })

  it('never flushes what is not its own', () => {
    expect(nftTable([], { family: 'inet', name: 't', chains: [] })).not.toContain('flush')
  })

  it('quotes interface names, and refuses those that would end the quote', () => {
    expect(anyOf('eno1', 'br-ex')).toBe('{ "eno1", "br-ex" }')
    expect(() => quoted('a" drop; "')).toThrow(RangeError)
  })
})
