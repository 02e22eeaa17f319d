import { describe, expect, test } from 'vitest'
import { maskLine, maskText } from './mask.ts'

describe('masking', () => {
  test.each([
    ['duid: 00:03:00:01:de:ad:be:ef:00:11', 'duid: 00:03:00:01:•••••••••••••••••'],
    ["duid: '00030001deadbeef0011' # ours", "duid: '00030001••••••••••••' # ours"],
    ['{duid: "secret", block: 2001:db8::/56}', '{duid: "••••••", block: 2001:db8::/56}'],
    ['  de:ad:be:ef:00:11', '  •••••••••••••••••'],
    ['duid5c:a1:de:ad:be:ef:00', 'duid••••••••••••••••••••'],
    ['block: 2001:db8:17::/56', 'block: 2001:db8:17::/56'],
    ['gateway: fe80::1', 'gateway: fe80::1'],
    ['duid_file: secrets/os1.duid', 'duid_file: secrets/os1.duid'],
    ['start: 2027-02-01', 'start: 2027-02-01'],
    ['pip_index: https://me:p@s/s@pypi.example.org/', 'pip_index: https://••••••••@pypi.example.org/'],
    ['ssh: alice@home.example.org', 'ssh: alice@home.example.org'],
  ])('%s', (line, shown) => {
    expect(maskLine(line)).toBe(shown)
    expect(maskLine(line)).toHaveLength(line.length)
  })

  test('a text keeps the words `duid: not a DUID`', () => {
    expect(maskText('servers[0].ipv6.duid: not a DUID')).toBe('servers[0].ipv6.duid: not a DUID')
  })
})
