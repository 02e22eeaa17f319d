import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Entry, newc } from './cpio.ts'

const sample: Entry[] = [
  { kind: 'directory', path: 'dev', mode: 0o755 },
  { kind: 'character', path: 'dev/console', mode: 0o600, major: 5, minor: 1 },
  { kind: 'file', path: 'init', mode: 0o755, data: Buffer.from('#!/bin/sh\n') },
  { kind: 'link', path: 'sbin', mode: 0o777, target: 'bin' },
]

it('the header of an entry is the one that the kernel documents', () => {
  const text = newc(sample.slice(1, 2)).toString('latin1')
  const fields = text
    .slice(6, 110)
    .match(/.{8}/g)
    ?.map((field) => Number.parseInt(field, 16))
  expect(text.slice(0, 6)).toBe('070701')
  expect(fields).toEqual([1, 0o020600, 0, 0, 1, 0, 0, 0, 0, 5, 1, 'dev/console'.length + 1, 0])
  expect(text.slice(110, 122)).toBe('dev/console\0')
})

it('every entry, its data and the archive end on a multiple of four bytes', () => {
  const path = fc.stringMatching(/^[a-z]{1,20}$/)
  fc.assert(
    fc.property(fc.array(fc.tuple(path, fc.uint8Array({ maxLength: 40 }))), (files) => {
      const archive = newc(files.map(([path, data]) => ({ kind: 'file', path, mode: 0o644, data })))
      expect(archive.length % 4).toBe(0)
      const starts = [...archive.toString('latin1').matchAll(/070701(?=[0-9a-f]{104})/g)]
      expect(starts.map(({ index }) => index % 4)).toEqual(starts.map(() => 0))
      expect(starts).toHaveLength(files.length + 1)
    }),
  )
})
