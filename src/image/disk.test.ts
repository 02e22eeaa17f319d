import { expect, it } from 'vitest'
import { masterBootRecord } from './disk.ts'

it('the record has boot code, one active FAT16 partition from 1 MiB to the end, and its signature', () => {
  const record = masterBootRecord(Buffer.alloc(440, 0x90), 65_536)
  expect(record).toHaveLength(512)
  expect(record.subarray(0, 440).every((byte) => byte === 0x90)).toBe(true)
  expect([record[446], record[450]]).toEqual([0x80, 0x06])
  expect([record.readUInt32LE(454), record.readUInt32LE(458)]).toEqual([2048, 65_536 - 2048])
  expect([...record.subarray(510)]).toEqual([0x55, 0xaa])
  expect(record.subarray(462, 510).every((byte) => byte === 0)).toBe(true)
})

it('boot code that would run into the partition table is refused', () => {
  expect(() => masterBootRecord(Buffer.alloc(441), 65_536)).toThrow(RangeError)
})
