// What a starter instance is made of: the course's own things, whatever students call theirs.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FakeClock } from '../../../test/fake/clock.ts'
import { FakeCloud } from '../../../test/fake/openstack/server.ts'
import { applied, asProcess, classInput } from '../../classroom/class.fixture.ts'
import { Gate } from '../../classroom/day/gate.ts'
import { Roll } from '../../classroom/day/roll.ts'
import type { StarterWish } from '../../classroom/day/starter.ts'
import { starterWish } from './starter-wish.ts'

let fake: FakeCloud
let dir: string
beforeEach(async () => {
  fake = await new FakeCloud().start()
  dir = await mkdtemp(join(tmpdir(), 'bateau-wish-'))
  await writeFile(join(dir, 'tiny.raw'), 'x'.repeat(1000))
})
afterEach(async () => {
  await fake.stop()
  await rm(dir, { recursive: true, force: true })
})

it('takes network and image of the course, not those of a student with their names and marks', async () => {
  const input = classInput(dir, { direct: false })
  expect((await applied(fake, input)).failed.size).toBe(0)
  const { state } = fake
  const ada = state.projects.find(({ name }) => name === 'nets-2026-ada')?.id
  const [network, image] = [
    state.networks.find(({ name }) => name === 'class-g1'),
    state.images.find(({ name }) => name === 'tiny'),
  ]
  const marked = { tags: ['bateau:nets-2026'], project_id: ada, owner: ada }
  state.networks.unshift({ ...network!, ...marked, id: 'forged-net' })
  state.images.unshift({ ...image!, ...marked, id: 'forged-image' })
  const wanted = { image: 'tiny', flavor: null, count: null, user: null }
  const wish = await asProcess(fake, input, async (deps, survey): Promise<StarterWish> => {
    const roll = new Roll(input, deps.cloud)
    const hands = { roll, clock: new FakeClock(), gate: new Gate(1) }
    const cloud = { name: 'os1', site: null, input, deps, survey, roll, hands, seats: roll.seats() }
    return starterWish(cloud, wanted, 'ssh-ed25519 AAAA class')
  })
  expect(wish.imageId).toBe(image?.id)
  const seat = (name: string) => ({ name, group: name === 'edsger' ? 'g2' : 'g1', members: [] })
  expect(['ada', 'grace'].map((name) => wish.networkId(seat(name)))).toEqual([network?.id, network?.id])
})
