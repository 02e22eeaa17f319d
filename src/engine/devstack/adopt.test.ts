import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readCourse } from '../../course/load.ts'
import { nearest } from '../../course/suggest.ts'
import { adopt } from './adopt.ts'
import { givenOf } from './lint/given.ts'
import { readLocalConf } from './lint/read.ts'
import type { Release } from './release.ts'

const stanza = (text: string, release: Release = '2025.1') =>
  adopt(givenOf(readLocalConf('local.conf', text), { release, nearest }))

const head = `course: {name: x, title: X, start: 2027-02-01, end: 2027-06-30}
students: {count: 4}
instances: {per_student: 1, ram: 1 GiB, disk: 5 GiB}
`
const course = (text: string) =>
  readCourse('course.yaml', head + text, {
    readFile: () => {
      throw new Error('it names no other file')
    },
  })

/** What a person does with the lines that a local.conf does not say. */
const filledIn = (text: string) => text.replaceAll(/^( +)# (cores|ram|disks|ipv6|address):/gm, '$1$2:')

const teacher = readFileSync('test/story/local-conf/teacher.conf', 'utf8')

it("the teacher's file becomes a server that the course file takes, layout and all", () => {
  const read = course(filledIn(stanza(teacher)))
  if (!read.ok) throw new Error(JSON.stringify(read.faults))
  const [server] = read.value.servers
  expect(read.value.engine).toMatchObject({
    kind: 'devstack',
    release: '2025.1',
    cinder: true,
    gitBase: null,
  })
  expect(server).toMatchObject({ name: 'os1', provider: 'adopted', address: '198.51.100.23' })
  expect(`${server?.ipv6?.block}`).toBe('2001:db8:63:1100::/56')
  expect(server?.ipv6?.uplink).toBe('eno1')
  expect(`${server?.layout?.public} ${server?.layout?.publicGateway} ${server?.layout?.pool}`).toBe(
    '2001:db8:63:1100::/56 2001:db8:63:1100:: fe80::/10',
  )
  expect(server?.layout?.bridgePorts).toEqual(['eno1'])
})

it('as it is printed, only the sizes are missing', () => {
  const read = course(stanza(teacher))
  expect(read.ok ? [] : read.faults.map(({ code }) => code)).toEqual(['no-size'])
})

it('the block is the smallest that holds the public network and the pool', () => {
  const text = stanza(
    '[[local|localrc]]\nIPV6_PUBLIC_RANGE=2001:db8:0:1::/64\nIPV6_ADDRS_SAFE_TO_USE=2001:db8:0:80::/57\n',
  )
  expect(text).toContain("block: '2001:db8::/56'")
})

it('no secret is in it, and its release, mirror and images are those of the file', () => {
  expect(stanza(teacher)).not.toContain('Xq7Lm2Rt9Bk4')
  const text = 'GIT_BASE=https://git.example\nIMAGE_URLS="https://a.example/x.img,file:///srv/y.qcow2"\n'
  const read = course(filledIn(stanza(`[[local|localrc]]\n${text}`, '2026.1')))
  expect(read.ok && read.value.engine).toMatchObject({
    release: '2026.1',
    gitBase: 'https://git.example',
    imageUrls: ['https://a.example/x.img', 'file:///srv/y.qcow2'],
  })
})

it('a login in an address is left out: it would reach logs', () => {
  expect(stanza('[[local|localrc]]\nGIT_BASE=https://me:secret@git.example\n')).not.toContain('secret')
})
