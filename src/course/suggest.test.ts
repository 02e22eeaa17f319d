import { expect, test } from 'vitest'
import { nearest } from './suggest.ts'

const keys = [
  'name',
  'role',
  'provider',
  'offer',
  'address',
  'cores',
  'ram',
  'disks',
  'per_student',
  'boot_from',
]

test.each([
  ['provder', 'provider'],
  ['pervider', 'provider'],
  ['perStudent', 'per_student'],
  ['boot-from', 'boot_from'],
  ['Ram', 'ram'],
  ['rma', 'ram'],
  ['core', 'cores'],
  ['adress', 'address'],
  ['zzz', undefined],
  ['quota', undefined],
  ['', undefined],
])('%s means %s', (typed, meant) => expect(nearest(typed, keys)).toBe(meant))
