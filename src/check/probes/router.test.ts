// Holds the reading of OVN's router ports to what ovn-nbctl 25.03 prints with --bare.
import { expect, it } from 'vitest'
import { portOf } from './router.ts'

const text = `2001:db8:17:2::a/64


2001:db8:17:80::1/64
address_mode=slaac mtu=1402 send_periodic=true
`

it('finds the port of a prefix and what it announces', () => {
  expect(portOf(text, '2001:db8:17:80::1')).toEqual({
    announces: 'address_mode=slaac mtu=1402 send_periodic=true',
  })
})

it('tells a port that announces nothing from no port', () => {
  expect(portOf(text, '2001:db8:17:2::a')).toEqual({ announces: '' })
  expect(portOf(text, '2001:db8:17:81::1')).toBeUndefined()
  expect(portOf('', '2001:db8:17:81::1')).toBeUndefined()
})
