// Holds the reading of ping to what iputils 20221126 and busybox 1.35 print.
import { describe, expect, it } from 'vitest'
import { readPing } from './ping.ts'

const ran = (stdout: string, stderr = '', code = 0) => ({ code, stdout, stderr })

describe('reading ping', () => {
  it('iputils: replies and round trip', () => {
    const text = `PING 2001:2::1(2001:2::1) 56 data bytes
64 bytes from 2001:2::1: icmp_seq=1 ttl=63 time=0.064 ms

--- 2001:2::1 ping statistics ---
1 packets transmitted, 1 received, 0% packet loss, time 0ms
rtt min/avg/max/mdev = 0.064/0.064/0.064/0.000 ms
`
    expect(readPing(ran(text))).toEqual({
      sent: 1,
      received: 1,
      milliseconds: 0.064,
      tooBig: null,
      words: '1 of 1 replies, 0.064 ms',
      worked: true,
    })
  })

  it('busybox: replies and round trip', () => {
    const text = `PING 2001:2::1 (2001:2::1): 56 data bytes
64 bytes from 2001:2::1: seq=0 ttl=62 time=1.405 ms

--- 2001:2::1 ping statistics ---
3 packets transmitted, 3 packets received, 0% packet loss
round-trip min/avg/max = 0.411/1.572/1.405 ms
`
    expect(readPing(ran(text))).toMatchObject({ sent: 3, received: 3, milliseconds: 1.572 })
  })

  it('Packet Too Big from a router, and remembered by the kernel', () => {
    const router = `From 2001:2:0:1::1 icmp_seq=1 Packet too big: mtu=1402

2 packets transmitted, 0 received, +2 errors, 100% packet loss, time 252ms
`
    expect(readPing(ran(router, '', 1))).toMatchObject({
      tooBig: 1402,
      words: '0 of 2 replies, From 2001:2:0:1::1 icmp_seq=1 Packet too big: mtu=1402',
    })
    const kernel = 'ping: local error: message too long, mtu: 1402\n'
    expect(readPing(ran('2 packets transmitted, 0 received, +2 errors', kernel, 1)).tooBig).toBe(1402)
  })

  it('names who said that an address is unreachable', () => {
    const text = `From 2001:2::1 icmp_seq=1 Destination unreachable: Address unreachable

2 packets transmitted, 0 received, +2 errors, 100% packet loss, time 1009ms
`
    expect(readPing(ran(text, '', 1)).words).toContain('From 2001:2::1 icmp_seq=1 Destination unreachable')
  })

  it('did not work when ping itself could not: no route, no ping', () => {
    expect(readPing(ran('', 'ping: connect: Network is unreachable\n', 2))).toMatchObject({
      worked: false,
      words: 'ping: connect: Network is unreachable',
    })
    expect(readPing(ran('', 'ping: not found', 127))).toMatchObject({
      worked: false,
      words: 'ping: not found',
    })
  })
})
