// Holds the count of default routers to what the kernel prints.
import { expect, it } from 'vitest'
import { defaultRouters } from './inside.ts'

const zero = '0'.repeat(32)
const route = (via: string, device: string, flags = '00450003', length = '00') =>
  `${zero} ${length} ${zero} 00 ${via} 00000400 00000001 00000000 ${flags}     ${device}`

const one = 'fe80000000000000ec81b2fffe140b46'
const two = 'fe80000000000000b4bc29fffe17d693'

it('finds the one router', () => {
  expect(defaultRouters(route(one, 'eth0'))).toEqual(['fe80::ec81:b2ff:fe14:b46 dev eth0'])
})

it('finds a false second one', () => {
  expect(defaultRouters(`${route(one, 'eth0')}\n${route(two, 'eth0')}\n`)).toHaveLength(2)
})

it('counts neither the unreachable default that Linux keeps on lo, nor other routes', () => {
  const reject = `${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200       lo`
  expect(defaultRouters(`${reject}\n${route(one, 'eth0', '00450003', '40')}\n`)).toEqual([])
})
