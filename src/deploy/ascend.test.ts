// Which servers go on to their class when something failed on others.
import { expect, it } from 'vitest'
import type { Site } from '../core/site.ts'
import { ascentOf } from './ascend.ts'

const of = (name: string, ...steps: string[]) => ({
  site: { name } as Site,
  tasks: steps.map((step) => ({ id: `${name}/${step}` })),
})
const both = [of('os1', 'network', 'nova'), of('os2', 'network', 'nova')]
const fault = { code: 'x', title: 'x', why: 'x', fix: 'x' }
const names = (failed: string[], left: string[] = []) => {
  const { sites, unfinished } = ascentOf(both, { failed: failed.map((id) => ({ id, fault })), left })
  return [sites.map(({ name }) => name), unfinished]
}

it('all do when nothing failed', () => {
  expect(names([])).toEqual([['os1', 'os2'], []])
})

it('one whose step failed does not, nor one whose steps were not tried', () => {
  expect(names(['os2/nova'])).toEqual([['os1'], ['os2']])
  expect(names(['os1/network'], ['os1/nova'])).toEqual([['os2'], ['os1']])
  expect(names([], ['os2/nova'])).toEqual([['os1'], ['os2']])
  expect(names(['os1/nova', 'os2/nova'])).toEqual([[], ['os1', 'os2']])
})
