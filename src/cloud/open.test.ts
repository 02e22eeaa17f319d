// The client against a fake cloud that keeps state and has faults by name.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../test/fake/clock.ts'
import { FakeCloud } from '../../test/fake/openstack/server.ts'
import { Trouble } from '../core/fault.ts'
import { Secret } from '../core/secret.ts'
import { type Cloud, openCloud, throughSockets } from './open.ts'

let fake: FakeCloud
let clock: FakeClock
let close: () => Promise<void>

beforeEach(async () => {
  fake = await new FakeCloud().start()
  clock = new FakeClock()
})
afterEach(async () => {
  await close()
  await fake.stop()
})

function open(password = 'admin-password'): Promise<Cloud> {
  const sockets = throughSockets(fake.sockets)
  close = () => sockets.close()
  return openCloud({
    authUrl: 'http://[::1]:5000',
    credentials: { kind: 'password', user: 'admin', password: new Secret(password), project: 'admin' },
    region: 'RegionOne',
    interface: 'internal',
    dispatcherFor: sockets.dispatcherFor,
    clock,
    random: () => 0.5,
  })
}

async function trouble(what: Promise<unknown>): Promise<Trouble> {
  const error = await what.then(
    () => undefined,
    (caught: unknown) => caught,
  )
  if (!(error instanceof Trouble)) throw new Error(`no Trouble but ${String(error)}`)
  return error
}

const project = (name: string) => ({ name, domainId: 'default', description: 'bateau:c', tags: ['bateau:c'] })

describe('logging in', () => {
  it('is done once for many calls', async () => {
    const cloud = await open()
    await Promise.all([cloud.identity.projects(), cloud.identity.users(), cloud.network.networks()])
    expect(fake.calls.filter((call) => call.includes('auth/tokens'))).toHaveLength(1)
    expect(cloud.projectId).toBe(fake.state.admin.projectId)
  })

  it('with a wrong password is a fault that holds no password', async () => {
    const { fault } = await trouble(open('not-the-password'))
    expect(fault.code).toBe('cloud-login')
    expect(JSON.stringify(fault)).not.toContain('not-the-password')
  })

  it('is done again when the cloud forgets its tokens, once for all calls that notice', async () => {
    const cloud = await open()
    fake.faults.expired = (call) => call === 1
    const lists = await Promise.all(Array.from({ length: 5 }, () => cloud.identity.projects()))
    expect(lists.map((list) => list.length)).toEqual([1, 1, 1, 1, 1])
    expect(fake.calls.filter((call) => call.includes('auth/tokens'))).toHaveLength(2)
  })

  it('that helps nothing ends in a fault, not in a circle', async () => {
    const cloud = await open()
    fake.faults.expired = () => true
    const { fault } = await trouble(cloud.identity.projects())
    expect(fault.code).toBe('cloud-login')
    expect(fault.why).toContain('/v3/projects answered 401')
  })
})

describe('repeating', () => {
  it('a list survives a cloud that is busy three times in ten', async () => {
    const cloud = await open()
    fake.faults.unavailable = (call) => call % 10 < 3
    for (let i = 0; i < 20; i++) expect(await cloud.identity.projects()).toHaveLength(1)
  })

  it('waits as long as Retry-After says', async () => {
    const cloud = await open()
    fake.faults.unavailable = (call) => call === 1
    await cloud.identity.projects()
    expect(clock.waited).toBe(1000)
  })

  it('a list survives connections that break before the answer', async () => {
    const cloud = await open()
    fake.faults.lost = (call) => call === 1
    expect(await cloud.identity.projects()).toHaveLength(1)
  })

  it('a POST whose answer was lost is not sent again, and says that it is unsure', async () => {
    const cloud = await open()
    fake.faults.lost = (call) => call === 1
    const error = await trouble(cloud.identity.createProject(project('p')))
    expect(error).toMatchObject({ unsure: true, status: null, fault: { code: 'cloud-unreachable' } })
    expect(fake.calls.filter((call) => call === 'POST 5000/v3/projects')).toHaveLength(1)
    expect(fake.state.projects.map(({ name }) => name)).toContain('p')
  })

  it('gives up after its deadline and says what does not answer', async () => {
    const cloud = await open()
    fake.faults.unavailable = () => true
    const { fault } = await trouble(cloud.identity.projects())
    expect(fault).toMatchObject({ code: 'cloud-error', title: 'the cloud refused to list projects' })
    expect(clock.waited).toBeLessThanOrEqual(180_000)
    expect(clock.waited).toBeGreaterThan(170_000)
  })

  it('a cloud that is not there is a fault with the way out, after the deadline', async () => {
    const cloud = await open()
    await fake.stop()
    const { fault } = await trouble(cloud.identity.projects())
    expect(fault.why).toContain('the forwarded socket is gone')
    expect(fault.fix).toContain('bateau check')
    fake = await new FakeCloud().start()
  })

  it('a refusal is not repeated, and says what the service said', async () => {
    const cloud = await open()
    await cloud.identity.createProject(project('p'))
    const { fault } = await trouble(cloud.identity.createProject(project('p')))
    expect(fault.code).toBe('cloud-conflict')
    expect(fault.why).toMatch(/answered 409: Conflict occurred attempting to store project/)
  })
})

describe('connections', () => {
  it('a server that closes each of them is borne, also for POST', async () => {
    const cloud = await open()
    fake.faults.closing = true
    const names = Array.from({ length: 20 }, (_, i) => `p${i}`)
    await Promise.all(names.map((name) => cloud.identity.createProject(project(name))))
    expect(fake.state.projects).toHaveLength(21)
  })
})

describe('lists', () => {
  it('are read page after page', async () => {
    const cloud = await open()
    for (let i = 0; i < 7; i++)
      fake.state.images.push({
        id: fake.state.id(),
        name: `image-${i}`,
        status: 'active',
        visibility: 'public',
      })
    expect((await cloud.image.images()).map(({ name }) => name)).toEqual(
      Array.from({ length: 7 }, (_, i) => `image-${i}`),
    )
  })

  it('keep a key with several values on every page', async () => {
    const cloud = await open()
    fake.state.page = 2
    const made = Array.from({ length: 6 }, (_, i) => ({
      id: `n${i}`,
      name: `net-${i}`,
      project_id: `p${i % 3}`,
      shared: false,
      'router:external': false,
    }))
    fake.state.networks.push(...made)
    const found = await cloud.network.of('networks', ['p0', 'p2'])
    expect(found.map(({ id }) => id)).toEqual(['n0', 'n2', 'n3', 'n5'])
  })

  it('of another form than the documentation has are a fault that says where', async () => {
    const cloud = await open()
    fake.state.networks.push({ id: 'n', name: 'odd' })
    const { fault } = await trouble(cloud.network.networks())
    expect(fault).toMatchObject({ code: 'cloud-answer' })
    expect(fault.why).toContain('networks.0.project_id')
  })
})
