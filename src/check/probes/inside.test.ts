// Holds routers and addresses of a guest to what the kernel prints.
import { expect, it } from 'vitest'
import { Address } from '../../core/prefix.ts'
import { defaultRouters, globalAddresses } from './inside.ts'

const zero = '0'.repeat(32)
const route = (via: string, device: string, flags = '00450003', length = '00') =>
  `${zero} ${length} ${zero} 00 ${via} 00000400 00000001 00000000 ${flags}     ${device}`

const one = 'fe80000000000000ec81b2fffe140b46'
const two = 'fe80000000000000b4bc29fffe17d693'

it('finds the one router, and how it came to be one', () => {
  const router = 'fe80::ec81:b2ff:fe14:b46 dev eth0'
  expect(defaultRouters(route(one, 'eth0'))).toEqual([`${router} by its announcement`])
  expect(defaultRouters(route(one, 'eth0', '00000003'))).toEqual([`${router} set by hand`])
})

it('finds a false second one', () => {
  expect(defaultRouters(`${route(one, 'eth0')}\n${route(two, 'eth0')}\n`)).toHaveLength(2)
})

it('counts neither the unreachable default that Linux keeps on lo, nor other routes', () => {
  const reject = `${zero} 00 ${zero} 00 ${zero} ffffffff 00000001 00000000 00200200       lo`
  expect(defaultRouters(`${reject}\n${route(one, 'eth0', '00450003', '40')}\n`)).toEqual([])
})

it('takes as addresses those that can be used: global, not tentative, not a duplicate', () => {
  const line = (bits: string, scope = '00', flags = '00') => `${bits} 02 40 ${scope} ${flags}     eth0`
  const global = '20010db8001700010000000000000005'
  const table = [
    line(one, '20', '80'),
    line(global),
    line(global.replace(/5$/, '6'), '00', '40'),
    line(global.replace(/5$/, '7'), '00', '48'),
    'garbage',
  ].join('\n')
  expect(globalAddresses(table)).toEqual([Address.of('2001:db8:17:1::5')])
})
