// Holds the places that a course is looked at from to its file: who is asked, by which way, and who is not in a rehearsal.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Address } from '../core/prefix.ts'
import type { Course } from '../course/course.ts'
import { readCourse } from '../course/load.ts'
import { localShell } from '../host/spawn.ts'
import type { Ground } from './ground.ts'
import { reachBy } from './reach.ts'
import { vantagesOf } from './vantages.ts'
import { homeOf, worldAt } from './world.ts'

let top = ''
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'bateau-vantages-'))
})
afterEach(() => rmSync(top, { recursive: true }))

const target = Address.of('2620:fe::fe')

function courseWith(more: string, servers = 1): Course {
  const one = (n: number) => `
  - {name: os${n}, provider: adopted, address: os${n}.example.org, cores: 4, ram: 16 GiB, disks: [{kind: ssd, size: 200 GB}],
     ipv6: {delivery: routed, block: '2001:db8:${n}::/56'}}`
  const read = readCourse(
    join(top, 'course.yaml'),
    `course: {name: demo, title: Demo, start: 2026-09-01, end: 2026-12-01}
students: {count: 2}
instances: {per_student: 1, ram: 1 GiB, disk: 5 GiB}
servers:${Array.from({ length: servers }, (_, i) => one(i + 1)).join('')}
  - {name: jump1, role: jump, provider: adopted, address: jump.example.org}
${more}`,
    { readFile: () => expect.fail('it names no file to be read now') },
  )
  return read.ok ? read.value : expect.fail(JSON.stringify(read.faults))
}

function looked(course: Course, rehearsal = false) {
  const world = worldAt(homeOf({ XDG_STATE_HOME: top, XDG_RUNTIME_DIR: top }), 'demo')
  const targets = course.servers.map(({ name }) => ({
    name,
    address: `${name}.example.org`,
    user: 'root',
    port: 22,
    knownHostsFile: world.knownHosts,
  }))
  const ground = {
    tasks: [],
    reach: reachBy(world, targets, localShell()),
    targets: { ping: target, pings: [target], tcp: { address: target, port: 53 } },
    campus: { shell: localShell(), without: null },
    outsidePrefix: [],
    sources: { git: null, pip: null },
  } satisfies Ground
  return vantagesOf(course, world, ground, rehearsal)
}

const named = `check: {vantages: [{name: maison, ssh: alice@home.example.org, port: 2222, country: FR}]}`

it('asks the hosts that the file names, the jump host and, where there are several, the servers', () => {
  const all = looked(courseWith(named, 2))
  expect(all.map(({ name, place, named: wanted, server }) => [name, place, wanted, server])).toEqual([
    ['maison', 'FR', true, null],
    ['jump1', null, false, null],
    ['os1', null, false, 'os1'],
    ['os2', null, false, 'os2'],
  ])
  expect(all[0]?.proxy).toMatch(/-p 2222 -l alice .*-W '\[%h\]:%p' home\.example\.org$/)
  expect(all[0]?.proxy).toContain('/%%C')
})

it('asks no server alone about itself, and in a rehearsal nobody on the real internet', () => {
  const course = courseWith(`${named.slice(0, -1)}, globalping: {enabled: true}}`)
  expect(looked(course).map(({ name }) => name)).toEqual(['maison', 'jump1', 'Globalping'])
  expect(looked(course, true)).toEqual([])
})

it('asks Globalping only where it is turned on, and without its token file says so', async () => {
  expect(looked(courseWith('')).map(({ name }) => name)).toEqual(['jump1'])
  const course = courseWith('check: {globalping: {enabled: true, token_file: none.token}}')
  const ask = async () =>
    (await looked(course).at(-1)?.control())?.map(({ verdict, seen }) => [verdict, seen])
  expect(await ask()).toEqual([
    ['could-not-check', `${join(top, 'none.token')} holds no token: there is no such file`],
  ])
  writeFileSync(join(top, 'none.token'), 'two words\n')
  expect((await ask())?.[0]?.[1]).toContain('a token is one line of letters and digits')
})
