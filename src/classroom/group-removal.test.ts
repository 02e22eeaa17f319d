// What a group shared, when the group left the roster: kept for whoever still uses it, then gone in order, and only ours.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FakeCloud } from '../../test/fake/openstack/server.ts'
import { applied, asProcess, classInput, planned, student } from './class.fixture.ts'
import { goneGroupsOf, removeGroupTask } from './group-removal.ts'
import type { ClassroomInput } from './input.ts'
import { isTaking } from './reconcile.ts'

let fake: FakeCloud
let dir: string
const input = (change: Parameters<typeof classInput>[1] = {}) => classInput(dir, change)
const project = (seat: string) => fake.state.projects.find(({ name }) => name === `nets-2026-${seat}`)
const progress = { line() {}, part() {}, signal: new AbortController().signal }
const shown = async (wanted: ClassroomInput) =>
  (await planned(fake, wanted)).changes.map(
    ({ kind, what, because, parts }) =>
      `${kind} ${what}: ${because}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`,
  )
async function sound(wanted: ClassroomInput, rules: Parameters<typeof planned>[2] = {}): Promise<void> {
  const { failed } = await applied(fake, wanted, rules)
  expect([...failed.values()].map(({ fault }) => fault)).toEqual([])
}

beforeEach(async () => {
  fake = await new FakeCloud().start()
  dir = await mkdtemp(join(tmpdir(), 'bateau-group-'))
  await writeFile(join(dir, 'tiny.raw'), 'x'.repeat(1000))
})
afterEach(async () => {
  await fake.stop()
  await rm(dir, { recursive: true, force: true })
})

const onlyG1 = [{ name: 'g1', students: [student('ada'), student('grace')] }]
const edsgerOn = (network: string) =>
  fake.state.ports.push({
    ...{ id: 'p', name: '', tags: [], mac_address: '', status: 'ACTIVE', fixed_ips: [] },
    network_id: fake.state.networks.find(({ name }) => name === network)?.id,
    ...{ project_id: project('edsger')?.id, device_id: 'vm', device_owner: 'compute:nova' },
  })

it('keeps its network and router while a student of it is kept, and comes back to them', async () => {
  await sound(input())
  const whole = fake.state.picture()
  await sound(input({ groups: onlyG1 }))
  expect(await shown(input({ groups: onlyG1 }))).toEqual([
    expect.stringMatching(/^wait edsger: /),
    'wait what group g2 shared: no student of it is on the roster; still used by edsger (network class-g2, router router-g2)',
  ])
  await sound(input())
  expect(fake.state.picture()).toEqual(whole)
})

it('loses them with its last student, in the order in which they lean on each other', async () => {
  await sound(input({ groups: onlyG1 }))
  const before = fake.state.picture()
  await sound(input())
  edsgerOn('class-g2')
  const rules = { now: ['edsger'] }
  const changes = (await planned(fake, input({ groups: onlyG1 }), rules)).changes
  expect(changes.filter(isTaking).map(({ what, parts }) => [what, parts])).toEqual([
    ['edsger', []],
    ['what group g2 shared', ['network class-g2', 'router router-g2']],
  ])
  await sound(input({ groups: onlyG1 }), rules)
  expect(fake.state.picture()).toEqual(before)
  expect(await shown(input({ groups: onlyG1 }))).toEqual([])
})

it('keeps them for an instance of somebody who stays, and for an own network behind its router', async () => {
  const moved = {
    groups: [{ name: 'g1', students: ['ada', 'grace', 'edsger'].map((one) => student(one)) }],
  }
  await sound(input({ policy: { ownNetwork: true } }))
  edsgerOn('class-g2')
  expect(await shown(input(moved))).toContainEqual(
    expect.stringMatching(/^wait what group g2 shared: .* still used by nets-2026-edsger \(/),
  )
  fake.state.ports.splice(
    fake.state.ports.findIndex(({ id }) => id === 'p'),
    1,
  )
  // Without the port it is the plug of own-edsger in router-g2 that holds it.
  expect(await shown(input(moved))).toContainEqual(
    expect.stringMatching(/^wait what group g2 shared: .* still used by nets-2026-edsger \(/),
  )
})

it('says so when an instance was started since it was looked at, and cuts nobody off', async () => {
  await sound(input())
  const left = input({ groups: onlyG1 })
  const before = fake.state.picture()
  await asProcess(fake, left, async (deps, survey) => {
    const [gone = expect.fail('g2 is gone')] = await goneGroupsOf(left, survey, [])
    edsgerOn('class-g2')
    const deed = removeGroupTask(left, deps, survey, gone, []).act(progress)
    await expect(deed).rejects.toMatchObject({ fault: { code: 'group-in-use' } })
  })
  fake.state.ports.pop()
  expect(fake.state.picture()).toEqual(before)
})

it('of another course, or without the mark, is left alone', async () => {
  await sound(input())
  const [one] = fake.state.networks.filter(({ name }) => name === 'class-g2')
  const other = { ...one, id: 'n', name: 'class-g7', tags: [], description: 'bateau:algo class network' }
  fake.state.networks.push(other, { ...other, id: 'm', name: 'class-g8', description: 'mine' })
  expect(await shown(input())).toEqual([])
})
