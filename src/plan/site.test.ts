import { describe, expect, test } from 'vitest'
import { broken, courseOf, soundDuid, soundText } from '../../test/story/sound-course.ts'
import { Trouble } from '../core/fault.ts'
import { references } from '../core/secret.ts'
import type { HostFacts } from '../core/site.ts'
import { makePlan } from './plan.ts'
import { duidSecret, siteOf } from './site.ts'

const facts: HostFacts = {
  hostname: 'os1',
  os: { id: 'debian', codename: 'trixie' },
  arch: 'x86_64',
  cores: 16,
  memoryMiB: 32_000,
  uplink: { name: 'eno1', mac: '02:00:00:00:00:01' },
  kvm: true,
  ovsKernel: true,
  systemd: 257,
  netplanId: null,
}

const site = (text: string, seen = facts) =>
  siteOf(
    makePlan(courseOf(text), { hosts: {}, offers: [] }, { today: '2027-01-15', rehearsal: false }),
    'os1',
    seen,
  )

describe('a site', () => {
  test('has the facts, the addresses of the plan and the engine of the course', () => {
    const made = site(soundText)
    expect(made).toMatchObject({
      name: 'os1',
      facts,
      engine: { kind: 'packages', release: '2025.1', cinder: false },
    })
    expect(made.addressing.tenants.map((tenant) => `${tenant.name} ${tenant.prefix}`)).toEqual([
      'class-g1 2a01:e0a:17:80::/64',
      'class-g2 2a01:e0a:17:81::/64',
    ])
  })

  test('holds a reference to the DUID, never the DUID', () => {
    const made = site(soundText)
    expect(made.delivery.kind === 'dhcpv6-pd' && references(made.delivery.duid)).toEqual([duidSecret('os1')])
    expect(JSON.stringify(made.delivery)).not.toContain(soundDuid.slice(12))
  })

  test('says how each delivery is carried out', () => {
    const noDuid = [`      duid: ${soundDuid}\n`, ''] as const
    const onLink = site(broken(['delivery: dhcpv6-pd', 'delivery: on-link'], [...noDuid]))
    expect(onLink.delivery).toMatchObject({ kind: 'on-link', gateway: 'ra', proxy: 'ndppd' })
    const hop = '      next_hop: 2a01:e0a:99::2/64\n'
    const routed = site(broken(['delivery: dhcpv6-pd', 'delivery: routed'], [noDuid[0], hop]))
    expect(routed.delivery).toMatchObject({ kind: 'routed', nextHop: { length: 64 } })
    expect(site(soundText).delivery).toMatchObject({ client: 'networkd' })
    expect(site(soundText, { ...facts, systemd: 249 }).delivery).toMatchObject({ client: 'dhcpcd' })
    const asked = broken([soundDuid, `${soundDuid}\n      client: dhclient`])
    expect(site(asked).delivery).toMatchObject({ client: 'dhclient' })
  })

  test('promises what the course promises', () => {
    expect(site(soundText).overcommit).toEqual({ ram: 1, vcpus: 4 })
    expect(site(broken(['disk: 5 GiB', 'disk: 5 GiB\n  overcommit: {ram: 1.7}'])).overcommit?.ram).toBe(1.7)
  })

  test('opens SSH, 443 and what the course adds, each port once', () => {
    const open = site(
      broken([
        'budget: 200',
        'access: {port: 2222, open: [{port: 443, why: x}, {port: 9100, why: monitoring}]}',
      ]),
    ).open
    expect(open.map((one) => one.port)).toEqual([2222, 443, 9100])
    expect(open.every((one) => one.why !== '')).toBe(true)
  })

  test('has no tenant networks when the course wants no class networks', () => {
    expect(site(broken(['budget: 200', 'networks: {class: false}'])).addressing.tenants).toEqual([])
  })

  test.each([
    [
      'a single address',
      broken(
        ['delivery: dhcpv6-pd', 'delivery: slaac-only'],
        [`      duid: ${soundDuid}\n`, ''],
        ['2a01:e0a:17::/56', '2a01:e0a:17::9/128'],
      ),
    ],
    ['a block that cannot be laid out', broken(['2a01:e0a:17::/56', '2a01:e0a:17::/80'])],
  ])('is refused with %s', (_, text) => {
    expect(() => site(text)).toThrow(Trouble)
  })

  test('of DevStack builds from where the course says, then from what is at hand, then from the public places', () => {
    const devstack = (more: string, ...at: [{ git: string | null; pip: string | null }?]) => {
      const course = courseOf(broken(['budget: 200', `engine: {kind: devstack${more}}`]))
      const plan = makePlan(course, { hosts: {}, offers: [] }, { today: '2027-01-15', rehearsal: false })
      return siteOf(plan, 'os1', facts, ...at).engine
    }
    const near = { git: '/srv/git', pip: 'http://[2001:db8::1]:3142/pypi/simple/' }
    expect(devstack('')).toMatchObject({ release: '2026.1', gitBase: 'https://opendev.org', pipIndex: null })
    expect(devstack('', near)).toMatchObject({ gitBase: near.git, pipIndex: near.pip })
    expect(devstack(", git_base: 'https://git.example', release: '2025.1'", near)).toMatchObject({
      release: '2025.1',
      gitBase: 'https://git.example',
      pipIndex: near.pip,
    })
  })

  test('of an unknown server is a mistake of the caller', () => {
    const plan = makePlan(
      courseOf(soundText),
      { hosts: {}, offers: [] },
      { today: '2027-01-15', rehearsal: false },
    )
    expect(() => siteOf(plan, 'os9', facts)).toThrow(RangeError)
  })
})
