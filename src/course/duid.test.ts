import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { duidText, readDuid } from './duid.ts'

const byte = fc.nat({ max: 255 }).map((n) => n.toString(16).padStart(2, '0'))

describe('a DUID', () => {
  test('is the same with colons, hyphens or nothing between, in either case', () => {
    for (const text of [
      '00:03:00:01:DE:AD:be:ef:00:11',
      '00-03-00-01-de-ad-be-ef-00-11',
      '00030001deadbeef0011',
      '0x00030001deadbeef0011',
    ]) {
      const read = readDuid(text)
      expect(read.ok && duidText(read.value)).toBe('00:03:00:01:de:ad:be:ef:00:11')
    }
  })

  test.each([
    ['13 bytes for a DUID-LLT', '00:01:00:01:2a:5c:a1:ab:1e:ca:fe:00:11', 'duid-length'],
    ['9 bytes for a DUID-LL', '00:03:00:01:de:ad:be:ef:00', 'duid-length'],
    ['11 bytes for a DUID-LL', '00:03:00:01:de:ad:be:ef:00:11:22', 'duid-length'],
    ['17 bytes for a DUID-UUID', `00:04:${'aa:'.repeat(14)}aa`, 'duid-length'],
    ['an unknown type', '00:09:00:01:de:ad:be:ef:00:11', 'bad-duid'],
    ['a type of other systems', 'fe:80:00:01:de:ad:be:ef:00:11', 'bad-duid'],
    ['a byte of one digit', '00:3:00:01:de:ad:be:ef:00:11', 'bad-duid'],
    ['letters past f', '00:03:00:01:de:ad:be:eg:00:11', 'bad-duid'],
    ['half a byte', '00030001deadbeef001', 'bad-duid'],
    ['nothing', '', 'bad-duid'],
    ['more than RFC 8415 allows', `00:02:${'aa:'.repeat(130)}aa`, 'duid-length'],
  ])('is refused with %s', (_, text, code) => {
    const read = readDuid(text)
    expect(!read.ok && read.faults[0]?.code).toBe(code)
  })

  test('of 10 bytes and link-layer kind is read whatever its bytes, its hardware type included', () => {
    fc.assert(
      fc.property(fc.array(byte, { minLength: 8, maxLength: 8 }), (bytes) => {
        const text = ['00', '03', ...bytes].join(':')
        const read = readDuid(text)
        expect(read.ok && duidText(read.value)).toBe(text)
      }),
    )
  })

  test('that is refused is never repeated in the fault', () => {
    fc.assert(
      fc.property(fc.array(byte, { minLength: 5, maxLength: 20 }), (bytes) => {
        const read = readDuid(bytes.join(':'))
        if (!read.ok) expect(JSON.stringify(read.faults)).not.toContain(bytes.slice(2, 5).join(':'))
      }),
    )
  })
})
