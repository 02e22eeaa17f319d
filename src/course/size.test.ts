import { describe, expect, test } from 'vitest'
import { readDisk, readInstanceDisk, readMemory, sizePattern } from './size.ts'

const value = (outcome: ReturnType<typeof readMemory>) =>
  outcome.ok ? outcome.value : outcome.faults[0]?.code

describe('sizes', () => {
  test.each([
    ['16 GiB', 16384],
    ['16 GB', 16384],
    ['16G', 16384],
    ['512MiB', 512],
    ['1.5 GiB', 1536],
    ['1 TiB', 1048576],
    ['0 GiB', 'bad-size'],
    ['16', 'bad-size'],
    ['GiB', 'bad-size'],
    ['16 GiBs', 'bad-size'],
    ['-1 GiB', 'bad-size'],
    ['1e3 MiB', 'bad-size'],
    ['99999999999 TiB', 'bad-size'],
    ['100 KiB', 'not-whole'],
  ])('memory of %s is %s MiB', (text, expected) => expect(value(readMemory(text))).toBe(expected))

  test.each([
    ['5 GiB', 5],
    ['5 GB', 5],
    ['1 TiB', 1024],
    ['512 MiB', 'not-whole'],
  ])('an instance disk of %s is %s GiB', (text, expected) =>
    expect(value(readInstanceDisk(text))).toBe(expected),
  )

  test('a server disk of 250 GB is 232.8 GiB, one of 250 GiB is 250', () => {
    expect(value(readDisk('250 GB'))).toBeCloseTo(232.83, 2)
    expect(value(readDisk('250 GiB'))).toBe(250)
    expect(value(readDisk('1 TB'))).toBeCloseTo(931.32, 2)
  })

  test('what the pattern for editors takes is read, and what is read it takes', () => {
    for (const text of ['16 GiB', '16GB', '1.5 TiB', '3 M', '250 KB'])
      expect(new RegExp(sizePattern).test(text)).toBe(true)
    for (const text of ['16', 'GiB', '16 gib', '1,5 GiB'])
      expect(new RegExp(sizePattern).test(text)).toBe(false)
  })
})
