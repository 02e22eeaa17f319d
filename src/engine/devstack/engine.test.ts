import { describe, expect, it } from 'vitest'
import { devstackReleases } from '../../core/release.ts'
import { references } from '../../core/secret.ts'
import type { HostStep } from '../../core/step.ts'
import { site as packagesSite } from '../packages/site.fixture.ts'
import { devstack } from './engine.ts'
import { reservedMemoryMiB } from './merged.ts'
import { devstackSite } from './site.fixture.ts'
import { imageName } from './stack.ts'

const variants = [
  ...devstackReleases.map((release) => [release, devstackSite({ release })] as const),
  [
    'with KVM, on Ubuntu',
    devstackSite(
      { release: '2025.1' },
      { kvm: true, ovsKernel: true, os: { id: 'ubuntu', codename: 'noble' } },
    ),
  ],
  [
    'with mirrors',
    devstackSite({
      gitBase: '/srv/git',
      pipIndex: 'http://[2001:db8::1]:3142/pypi/simple',
      imageUrls: ['https://a.example/x.qcow2'],
    }),
  ],
] as const

const texts = (step: HostStep) => [
  ...step.files.map((file) => file.text),
  ...[...step.run, ...step.verify].flatMap((command) => command.argv),
]
const step = (steps: readonly HostStep[], id: string) => steps.find((one) => one.id === id) as HostStep

describe.each(variants)('%s', (_, given) => {
  const steps = devstack.steps(given)

  it('every step has an id of its own, and comes after steps that stand before it', () => {
    const seen = new Set<string>()
    for (const one of steps) {
      expect(seen).not.toContain(one.id)
      for (const id of one.after ?? []) expect(seen, `${one.id} after ${id}`).toContain(id)
      seen.add(one.id)
    }
  })

  it('no secret stands in argv, and a file that holds one is not for everybody to read', () => {
    for (const one of steps) {
      for (const command of [...one.run, ...one.verify])
        expect(references(command.argv.join('\n')), one.id).toEqual([])
      for (const file of one.files)
        if (references(file.text).length > 0) expect(file.mode, file.path).toBe('0600')
    }
  })

  it('the uplink is named nowhere: it never becomes a port of a bridge', () => {
    for (const text of steps.flatMap(texts)) {
      expect(text).not.toMatch(/\beno1\b/)
      expect(text).not.toMatch(/\badd-port\b/)
    }
  })

  it('what takes long is followed', () => {
    for (const command of steps.flatMap((one) => one.run))
      if (/apt-get|git clone|systemctl restart|stack.*run/.test(command.argv.join(' ')))
        expect(command.idleSeconds, command.argv.join(' ').slice(0, 80)).toBeGreaterThan(0)
  })
})

describe('DevStack', () => {
  it('is not stacked again because a word of local.conf has changed: that would take all instances away', () => {
    const before = step(devstack.steps(devstackSite()), 'openstack/stack')
    const after = step(
      devstack.steps(devstackSite({ imageUrls: ['https://a.example/x.img'] }, { memoryMiB: 65_536 })),
      'openstack/stack',
    )
    expect(after.files).toEqual([])
    expect(after.run).toEqual(before.run)
  })

  it('names a fault for everything that its programs may say', () => {
    for (const one of devstack.steps(devstackSite()))
      for (const command of one.run) {
        const said = [...command.argv.join('\n').matchAll(/(?:refuse|==fault) (devstack-[a-z-]+)/g)].map(
          ([, code]) => code,
        )
        for (const code of said)
          expect(
            command.faults?.map((fault) => fault.code),
            one.id,
          ).toContain(code)
      }
  })

  it('keeps from instances what the plan keeps from them', async () => {
    const { controlPlaneOf, hostReserve } = await import('../../plan/engine-memory.ts')
    const engine = {
      kind: 'devstack',
      release: '2026.1',
      cinder: false,
      gitBase: null,
      pipIndex: null,
      imageUrls: [],
    } as const
    expect(hostReserve.mib + controlPlaneOf(engine).mib).toBe(reservedMemoryMiB)
  })

  it('asks MySQL on Ubuntu and MariaDB on Debian, as stack.sh installs them', () => {
    const ubuntu = devstackSite({}, { os: { id: 'ubuntu', codename: 'noble' } })
    expect(devstack.units(ubuntu)).toContain('mysql.service')
    expect(devstack.units(devstackSite())).toContain('mariadb.service')
    const words = devstack.steps(ubuntu).flatMap(texts).join('\n')
    expect(words).toContain('mysql --defaults-file=')
    expect(words).not.toMatch(/mariadb( |\.service)/)
  })

  it('finds an image under the name that DevStack gives it', () => {
    expect(imageName('https://a.example/debian-13-generic-amd64.qcow2')).toBe('debian-13-generic-amd64')
    expect(imageName('file:///srv/tiny.img')).toBe('tiny')
  })

  it('is asked for a server of its own only', () => {
    expect(() => devstack.steps(packagesSite())).toThrow(RangeError)
  })
})
