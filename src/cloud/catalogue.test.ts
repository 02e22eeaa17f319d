import { expect, it } from 'vitest'
import { Trouble } from '../core/fault.ts'
import { type Catalogue, endpointOf } from './catalogue.ts'

const catalogue: Catalogue = [
  {
    type: 'identity',
    endpoints: [
      { interface: 'internal', region_id: 'RegionOne', url: 'http://[::1]:5000/v3/' },
      { interface: 'public', region_id: 'RegionOne', url: 'https://[2001:2::1]/identity' },
    ],
  },
  {
    type: 'network',
    endpoints: [{ interface: 'internal', region_id: 'RegionOne', url: 'http://[::1]:9696' }],
  },
]
const internal = { region: 'RegionOne', interface: 'internal' } as const

it('the version is added where the catalogue leaves it out, and only there', () => {
  expect(endpointOf(catalogue, 'identity', internal)).toBe('http://[::1]:5000/v3')
  expect(endpointOf(catalogue, 'network', internal)).toBe('http://[::1]:9696/v2.0')
  expect(endpointOf(catalogue, 'identity', { region: 'RegionOne', interface: 'public' })).toBe(
    'https://[2001:2::1]/identity/v3',
  )
})

it('an address that was given overrules the catalogue', () => {
  const endpoints = { image: 'http://[::1]:9292' }
  expect(endpointOf(catalogue, 'image', { ...internal, endpoints })).toBe('http://[::1]:9292/v2')
})

it.each([
  ['image', 'RegionOne', 'its catalogue names no image service'],
  ['network', 'regionOne', 'its catalogue has internal in RegionOne'],
] as const)('a missing %s endpoint in %s says what there is', (service, region, why) => {
  try {
    endpointOf(catalogue, service, { ...internal, region })
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(Trouble)
    expect((error as Trouble).fault).toMatchObject({ code: 'cloud-catalogue', why })
  }
})
