import { describe, expect, it } from 'vitest'
import type { Shell } from '../core/shell.ts'
import { Bell, monitor, newsOf } from './bell.ts'
import { FakeClock } from './clock.fixture.ts'

const never = new AbortController().signal

describe('a bell', () => {
  it('that was rung before is answered at once, and many rings are one', async () => {
    const clock = new FakeClock()
    const bell = new Bell()
    bell.ring()
    bell.ring()
    expect(await clock.run(bell.answer(clock, 10_000, never))).toBe('bell')
    expect(clock.milliseconds()).toBe(200)
    expect(await clock.run(bell.answer(clock, 10_000, never))).toBe('time')
    expect(clock.milliseconds()).toBe(10_200)
  })

  it('wakes who waits, a moment later', async () => {
    const clock = new FakeClock()
    const bell = new Bell()
    const answer = bell.answer(clock, 10_000, never)
    clock.at(3_000, () => bell.ring())
    expect(await clock.run(answer)).toBe('bell')
    expect(clock.milliseconds()).toBe(3_200)
  })
})

describe('what the kernel tells', () => {
  const route = 'default via fe80::1 dev eno1 proto ra metric 1024 expires 30sec pref medium'
  const up = '2: eno1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default'
  const down = '2: eno1: <BROADCAST,MULTICAST> mtu 1500 qdisc noqueue state DOWN group default'

  it('is news once, and no news when only a lifetime is renewed', () => {
    const isNews = newsOf()
    expect([route, route.replace('30sec', '27sec'), ''].map(isNews)).toEqual([true, false, false])
    const address = (left: number) =>
      String.raw`2: eno1    inet6 2001:2:0:ff01::5/64 scope global dynamic \       valid_lft ${left}sec preferred_lft ${left}sec`
    expect([address(100), address(90)].map(isNews)).toEqual([true, false])
  })

  it('is news when it goes, when it comes back, and when it changes there and back', () => {
    const isNews = newsOf()
    const other = route.replace('fe80::1', 'fe80::2')
    const lines = [route, `Deleted ${route}`, route, other, route, up, down, up, up]
    expect(lines.map(isNews)).toEqual([true, true, true, true, true, true, true, true, false])
  })

  it('is news when forwarding is switched', () => {
    const isNews = newsOf()
    const lines = [
      'ipv6 all forwarding off',
      'ipv6 all forwarding on',
      'ipv6 dev eno1 forwarding on',
      'ipv6 all forwarding on',
    ]
    expect(lines.map(isNews)).toEqual([true, true, true, false])
  })

  it('is remembered of each address and each destination by itself', () => {
    const isNews = newsOf()
    const lines = ['::1', '::2'].flatMap((host) => [
      `2: eno1    inet6 2001:2:0:ff01${host}/64 scope global`,
      `unreachable 2001:2:0:ff01${host} dev lo proto dhcp metric 1024`,
    ])
    expect([...lines, ...lines].map(isNews)).toEqual([true, true, true, true, false, false, false, false])
  })
})

describe('a monitor', () => {
  it('that ends is started again, later each time, and rings', async () => {
    const clock = new FakeClock()
    const bell = new Bell()
    const stop = new AbortController()
    const starts: number[] = []
    const shell: Shell = {
      name: 'os1',
      run: async () => {
        starts.push(clock.milliseconds())
        if (starts.length === 5) stop.abort()
        return { code: 1, stdout: '', stderr: '' }
      },
    }
    await clock.run(monitor(shell, ['ip', 'monitor'], () => bell.ring(), clock, stop.signal))
    expect(starts).toEqual([0, 1_000, 3_000, 7_000, 15_000])
    expect(await clock.run(bell.answer(clock, 1_000, never))).toBe('bell')
  })

  it('of something that is not there waits for it, and is silent', async () => {
    const clock = new FakeClock()
    const stop = new AbortController()
    let rings = 0
    let starts = 0
    const shell: Shell = {
      name: 'os1',
      run: async () => {
        starts++
        stop.abort()
        return { code: 0, stdout: '', stderr: '' }
      },
    }
    const isThere = () => clock.milliseconds() >= 60_000
    await clock.run(monitor(shell, ['x'], () => void rings++, clock, stop.signal, { isThere }))
    expect({ starts, rings, at: clock.milliseconds() }).toEqual({ starts: 1, rings: 0, at: 60_000 })
  })
})
