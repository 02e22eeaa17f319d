import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { broken, courseOf, soundText } from '../../test/story/sound-course.ts'
import { reservedMemoryMiB } from '../engine/packages/nova.ts'
import type { HostFacts } from '../core/site.ts'
import type { Server } from '../course/course.ts'
import { capacityOf, demandOf } from './capacity.ts'
import { controlPlaneOf, hostReserve, instanceMiB } from './engine-memory.ts'

const course = courseOf(soundText)
const [server] = course.servers as [Server]
const facts: HostFacts = {
  hostname: 'os1',
  os: { id: 'debian', codename: 'trixie' },
  arch: 'x86_64',
  cores: 8,
  memoryMiB: 16_000,
  uplink: { name: 'eno1', mac: '02:00:00:00:00:01' },
  kvm: true,
  ovsKernel: true,
  systemd: 257,
  netplanId: null,
}

test('the plan keeps from instances what Nova keeps from them', () => {
  expect(hostReserve.mib + controlPlaneOf({ kind: 'packages', cinder: false }).mib).toBe(reservedMemoryMiB)
})

describe('capacity', () => {
  test('is what host and control plane leave, in instances with QEMU’s share, in students with all theirs', () => {
    const capacity = capacityOf(
      server,
      courseOf(broken(['per_student: 1', 'per_student: 2'])),
      undefined,
      undefined,
    )
    const left = 32 * 1024 - 1024 - 3072
    expect(capacity?.memory).toMatchObject({
      totalMiB: 32_768,
      hostMiB: 1024,
      controlPlaneMiB: 3072,
      leftMiB: left,
    })
    expect(capacity?.instanceMiB).toBe(612)
    expect(capacity?.instances).toBe(Math.floor(left / 612))
    expect(capacity?.seats).toBe(Math.floor(left / 612 / 2))
  })

  test('counts a machine that was looked at as it is, when it has less than was said', () => {
    expect(capacityOf(server, course, undefined, facts)?.memory.totalMiB).toBe(16_000)
    expect(capacityOf(server, course, undefined, { ...facts, memoryMiB: 64_000 })?.memory.totalMiB).toBe(
      32_768,
    )
  })

  test('is less without KVM, because translated code takes memory too', () => {
    expect(instanceMiB(128, false)).toBe(226)
    expect(instanceMiB(512, false)).toBe(683)
    const slow = capacityOf(server, course, undefined, { ...facts, kvm: false })
    expect(slow?.instances).toBeLessThan(capacityOf(server, course, undefined, facts)?.instances ?? 0)
  })

  test('is unknown when neither file nor offer nor a look tells the size', () => {
    expect(capacityOf({ ...server, ramMiB: null }, course, undefined, undefined)).toBeNull()
    expect(capacityOf({ ...server, disks: null }, course, undefined, facts)).toBeNull()
  })

  test('of Cinder and DevStack costs more than of packages alone, and each figure has a source', () => {
    const packages = controlPlaneOf({ kind: 'packages', cinder: false })
    expect(controlPlaneOf({ kind: 'packages', cinder: true }).mib).toBeGreaterThan(packages.mib)
    expect(controlPlaneOf({ kind: 'devstack', cinder: false }).mib).toBeGreaterThan(packages.mib)
    for (const figure of [packages, hostReserve]) expect(figure.source.length).toBeGreaterThan(10)
  })

  test('never promises more memory than overcommit allows, and never less than is there', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 256, max: 300_000 }),
        fc.integer({ min: 64, max: 8192 }),
        fc.integer({ min: 1, max: 4 }),
        fc.double({ min: 1, max: 4, noNaN: true }),
        (ramMiB, each, perStudent, ram) => {
          const some = {
            ...course,
            instances: { ...course.instances, ramMiB: each, perStudent, overcommit: { ram, vcpus: 4 } },
          }
          const capacity = capacityOf({ ...server, ramMiB }, some, undefined, undefined)
          if (!capacity) throw new RangeError('no capacity')
          expect(capacity.instances * capacity.instanceMiB).toBeLessThanOrEqual(capacity.memory.leftMiB)
          expect(capacity.seats * perStudent).toBeLessThanOrEqual(capacity.instances)
          expect(capacity.promisedSeats).toBeGreaterThanOrEqual(capacity.seats)
          expect(capacity.promisedSeats * perStudent * capacity.instanceMiB).toBeLessThanOrEqual(
            capacity.memory.leftMiB * ram + 1,
          )
        },
      ),
    )
  })
})

test('demand of a class is what its students ask for, one address an instance', () => {
  const some = courseOf(broken(['per_student: 1', 'per_student: 2'], ['ram: 512 MiB', 'ram: 1 GB']))
  expect(demandOf(17, some)).toEqual({
    students: 17,
    instances: 34,
    vcpus: 34,
    ramMiB: 34 * 1024,
    diskGiB: 170,
    addresses: 34,
  })
})
