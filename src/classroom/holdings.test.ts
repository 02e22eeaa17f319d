// What projects that go own: read together, told apart.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FakeCloud } from '../../test/fake/openstack/server.ts'
import { applied, asProcess, classInput, student } from './class.fixture.ts'
import { HoldingsReader } from './holdings.ts'

let fake: FakeCloud
let dir: string

beforeEach(async () => {
  fake = await new FakeCloud().start()
  dir = await mkdtemp(join(tmpdir(), 'bateau-holdings-'))
  await writeFile(join(dir, 'tiny.raw'), 'x'.repeat(1000))
})
afterEach(async () => {
  await fake.stop()
  await rm(dir, { recursive: true, force: true })
})

it('are of each project its own, and of twenty projects no more calls than of one', async () => {
  const students = Array.from({ length: 20 }, (_, i) => student(`s${i}`))
  const input = classInput(dir, { groups: [{ name: 'g1', students }], policy: { ownNetwork: true } })
  expect((await applied(fake, input)).failed.size).toBe(0)
  const projects = fake.state.projects.filter(({ name }) => name.startsWith('nets-2026-s'))
  expect(projects).toHaveLength(20)
  const calls = async (ids: readonly string[]) => {
    const before = fake.calls.length
    const all = await asProcess(fake, input, ({ cloud }) => {
      const reader = new HoldingsReader(cloud)
      for (const id of ids) reader.expect(id)
      return Promise.all(ids.map((id) => reader.of(id)))
    })
    // Glance pages: the images are the same ones for everybody.
    return { all, made: fake.calls.slice(before).filter((one) => !one.includes('/images')).length }
  }
  const one = await calls([projects[0]!.id])
  const twenty = await calls(projects.map(({ id }) => id))
  expect(twenty.made).toBe(one.made)
  const routers = fake.state.routers.map(({ id }) => id)
  for (const [i, { id, name }] of projects.entries()) {
    const { networks, plugs, shares, groups } = twenty.all[i]!
    const seat = name.slice('nets-2026-'.length)
    expect(networks.map((network) => network.name)).toEqual([`own-${seat}`])
    expect(plugs).toHaveLength(1)
    expect(routers).toContain(plugs[0]?.router)
    const subnet = fake.state.subnets.find((each) => each.id === plugs[0]?.subnet)
    expect(subnet?.['project_id']).toBe(id)
    expect(shares.map((share) => share.target_tenant)).toEqual([id])
    expect(groups.map((group) => group.project_id)).toEqual([id])
  }

  // An address has an end: ports of forty networks are asked for at a time.
  const router = fake.state.routers[0]!.id
  const many = Array.from({ length: 100 }, (_, i) => ({
    id: `n${i}`,
    name: `n${i}`,
    project_id: projects[0]!.id,
  }))
  fake.state.networks.push(...many.map((each) => ({ ...each, shared: false, 'router:external': false })))
  fake.state.ports.push({
    ...{
      id: 'p',
      name: '',
      project_id: 'x',
      network_id: 'n99',
      device_id: router,
      mac_address: '',
      status: '',
    },
    ...{ device_owner: 'network:router_interface', fixed_ips: [{ subnet_id: 's99', ip_address: '::1' }] },
  })
  const more = await calls([projects[0]!.id])
  expect(more.made).toBe(one.made + 2)
  expect(more.all[0]?.plugs).toContainEqual({ router, subnet: 's99' })
})
