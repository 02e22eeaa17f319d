// The whole voyage with real OpenStack: from one command to the proof, again, after a reboot, and away without a trace.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Berth, courseName, expectSound, of, type Ran, sweep } from './bateau.ts'
import { classDay } from './class-day.ts'
import { writeTable } from '../../drills/table.ts'
import { localShell } from '../../src/host/spawn.ts'
import { cloudDrill, runCloudDrill, serverOf } from './drill.ts'
import { endState } from './end-state.ts'
import { traces } from './machine.ts'

const minutes = 60_000

const berth = new Berth()
const cutBerth = new Berth()
let before: Awaited<ReturnType<typeof traces>>

beforeAll(async () => {
  await sweep()
  berth.take()
  cutBerth.takeTwo()
  before = await traces()
}, 10 * minutes)
afterAll(async () => {
  for (const one of [berth, cutBerth]) {
    await one.run(['down'])
    one.remove()
  }
}, 5 * minutes)

describe('a rehearsal from nothing', () => {
  let end = ''

  it('ends with every check answered yes', { timeout: 35 * minutes }, async () => {
    const ran = await berth.run(['rehearse', '--yes', berth.course])
    end = await endState(berth, 'os1')
    await berth.expectSound(ran)
    const results = of(ran.events, 'check.result')
    for (const part of ['ping', 'tcp', 'login', 'inside', 'mtu', 'closed'])
      expect(results.filter(({ id }) => id.includes(part)).length, part).toBeGreaterThan(0)
  })

  it('holds what the course file says, once each', async () => {
    expect(end).toContain('class-')
    expect(end).toMatch(/^proof-direct\s+active$/m)
    const instances = /# instances\n([^#]*)/.exec(end)?.[1]?.trim().split('\n') ?? []
    expect(new Set(instances).size).toBe(instances.length)
    expect(instances).toHaveLength(2)
  })

  it('a second time changes nothing and says so', { timeout: 10 * minutes }, async () => {
    const ran = await berth.run(['rehearse', '--yes', berth.course])
    expectSound(ran)
    expect(of(ran.events, 'step.started')).toEqual([])
    expect(of(ran.events, 'run.finished')[0]).toMatchObject({ changed: 0, exitCode: 0 })
    expect(await endState(berth, 'os1')).toBe(end)
  })

  it('keeps every secret out of journal, events and other users reach', async () => {
    const journal = readFileSync(join(berth.state, 'journal.ndjson'), 'utf8')
    const listed = await berth.ssh(
      'os1',
      'sh',
      '-c',
      "sed -n 's/^password *= *//p' /etc/nova/nova.conf /etc/neutron/neutron.conf; cat /proc/[0-9]*/cmdline | tr '\\0' ' '",
    )
    expect(listed.code).toBe(0)
    const passwords = listed.out
      .split('\n')
      .slice(0, 4)
      .filter((line) => /^\w{20,}$/.test(line))
    expect(passwords.length).toBeGreaterThan(2)
    for (const password of passwords) {
      expect(journal).not.toContain(password)
      expect(listed.out.split(password)).toHaveLength(
        listed.out.split('\n').filter((line) => line === password).length + 1,
      )
    }
    const readable = await berth.ssh(
      'os1',
      'sh',
      '-c',
      `grep -rlE '${passwords[0]}' /etc --include='*' 2>/dev/null | xargs -r stat -c '%a %n' | grep -E '^..[1-7]'`,
    )
    expect(readable.out).toBe('')
  })

  it(
    'a student reaches the API through the public door, and only with the course authority',
    { timeout: 3 * minutes },
    async () => {
      const dir = join(berth.state, 'students')
      const ran = await berth.run(['status'])
      const report = of(ran.events, 'report')[0]
      expect(ran.code).toBe(0)
      expect(report?.data).toMatchObject({
        instances: [{ name: 'proof-direct' }, { name: 'proof-class-tp-a' }],
      })
      expect(readFileSync(join(dir, withClouds(dir), 'clouds.yaml'), 'utf8')).toContain(
        'auth_url: https://[2001:2:0:1100::1]/identity/v3',
      )
    },
  )

  it(
    'a command runs in an instance by bateau ssh, and its exit code comes back',
    { timeout: 3 * minutes },
    async () => {
      const ran = await berth.ssh('proof-direct', 'sh', '-c', 'hostname; exit 7')
      expect(ran.out).toBe('proof-direct\n')
      expect(ran.code).toBe(7)
      expect((await berth.ssh('nobody', 'true')).code).toBe(2)
    },
  )

  it('the port of an instance that was set down comes up again', { timeout: 2 * minutes }, async () => {
    const on = async (...words: string[]) => (await berth.ssh('os1', ...words)).out
    const up = async () =>
      [...(await on('ip', '-o', 'link', 'show', 'up', 'type', 'tun')).matchAll(/: (tap[0-9a-f-]+):/g)]
        .map(([, name = '']) => name)
        .toSorted((a, b) => a.localeCompare(b))
    const taps = await up()
    expect(taps).toHaveLength(2)
    for (const tap of taps) await on('ip', 'link', 'set', tap, 'down')
    await expect.poll(up, { timeout: minutes, interval: 500 }).toEqual(taps)
  })

  it('comes back whole after a reboot of the server', { timeout: 15 * minutes }, async () => {
    const boot = async () => (await berth.ssh('os1', 'cat', '/proc/sys/kernel/random/boot_id')).out
    const first = await boot()
    expect(first).not.toBe('')
    await berth.ssh('os1', 'systemctl', 'reboot')
    await expect
      .poll(async () => [first, ''].includes(await boot()), { timeout: 3 * minutes, interval: 2_000 })
      .toBe(false)
    let last: Ran | undefined
    await expect
      .poll(async () => (last = await berth.run(['check'])).code, { timeout: 12 * minutes, interval: 10_000 })
      .toBe(0)
    expectSound(last)
  })

  it(
    'drill: ovn-controller that was stopped is named, started again by the agent, and nothing else is blamed',
    { timeout: 8 * minutes },
    async () => {
      const server = serverOf(berth, 'os1')
      const [report] = of((await berth.run(['status'])).events, 'report')
      const data = report?.data as { instances: { name: string; address: string }[] } | undefined
      const direct = data?.instances.find(({ name }) => name === 'proof-direct')
      const internet = localShell('the internet', ['nsenter', `--net=/run/netns/bateau-${courseName}-inet`])
      const outcome = await runCloudDrill(server, internet, direct?.address ?? expect.fail('no proof-direct'))
      expect(outcome.named).toEqual([cloudDrill.code])
      expect((await server.run(['systemctl', 'is-active', 'ovn-controller'])).stdout).toBe('active\n')
      const ran = await berth.run(['check'])
      expectSound(ran)
      if (process.env['BATEAU_DRILLS_WRITE']) await writeTable('cloud', [[cloudDrill, outcome]], server)
    },
  )

  it(
    'heal mends over SSH what a stopped agent does not, and a dry run only says how',
    { timeout: 6 * minutes },
    async () => {
      const addresses = async () =>
        (await berth.ssh('os1', 'ip', '-6', '-o', 'addr', 'show', 'dev', 'br-ex', 'scope', 'global')).out
      const whole = await addresses()
      expect(whole).toContain('2001:2:0:1101::1/64')
      await berth.ssh(
        'os1',
        'sh',
        '-c',
        'systemctl stop bateau-agent; ip -6 addr flush dev br-ex scope global',
      )
      const dry = await berth.run(['heal', '--dry-run'])
      expect(of(dry.events, 'repair.planned').map(({ code }) => code)).toContain('public-address-lost')
      expect(await addresses()).toBe('')

      const healed = await berth.run(['heal', 'os1'])
      expectSound(healed)
      expect(await addresses()).toBe(whole)
    },
  )

  it(
    'watch hears from the agent what is lost and mended, while it happens',
    { timeout: 6 * minutes },
    async () => {
      await berth.ssh('os1', 'systemctl', 'start', 'bateau-agent')
      await expect
        .poll(async () => (await berth.run(['check'])).code, { timeout: 5 * minutes, interval: 5_000 })
        .toBe(0)
      const heard: string[] = []
      let flushed: Promise<unknown> | undefined
      await berth.run(['watch'], (event, kill) => {
        if (event.type === 'watch.state')
          flushed ??= berth.ssh('os1', 'ip', '-6', 'addr', 'flush', 'dev', 'br-ex', 'scope', 'global')
        if (event.type !== 'agent.event' || flushed === undefined) return
        const { type, code } = event.event as { type: string; code?: string }
        if (code === 'public-address-lost') heard.push(type)
        if (heard.includes('repair.done') && heard.includes('trouble.gone')) kill()
      })
      await flushed
      expect(heard.slice(0, 2)).toEqual(['trouble.noticed', 'repair.started'])
      expect(heard.slice(2).toSorted()).toEqual(['repair.done', 'trouble.gone'])
    },
  )

  classDay(berth)

  it('goes away without a trace', { timeout: 5 * minutes }, async () => {
    const ran = await berth.run(['down'])
    expectSound(ran)
    expect(await traces()).toEqual(before)
    expect((await berth.run(['status'])).code).toBe(2)
  })

  /** A kill at the start of each of these, in this order; the same command is typed again after each. */
  const cuts = [
    'rehearsal/edge',
    'rehearsal/os1/power',
    'os1/network/uplink',
    'os1/openstack/packages',
    'os1/openstack/keystone/sync',
    'os1/openstack/identities',
    'os1/openstack/neutron',
    'os1/cloud/router/',
    'os1/enrol/',
    'os1/proof/proof-direct',
  ]

  it(
    'killed at ten points and begun again each time, beside a second cloud, ends in the same state',
    { timeout: 40 * minutes },
    async () => {
      const started = new Map<string, number>()
      const cutOff = new Set<string>()
      const missed: string[] = []
      const go = async (cut?: string) => {
        const open = new Set<string>()
        const ran = await cutBerth.run(['rehearse', '--yes', cutBerth.course], (event, kill) => {
          if (event.type === 'step.started') {
            open.add(event.id)
            started.set(event.id, (started.get(event.id) ?? 0) + 1)
            if (cut !== undefined && event.id.startsWith(cut)) kill()
          }
          if (event.type === 'step.done') open.delete(event.id)
        })
        if (ran.signal === 'SIGKILL') for (const id of open) cutOff.add(id)
        return ran
      }
      for (const cut of cuts) if ((await go(cut)).signal !== 'SIGKILL') missed.push(cut)
      const ran = await go()
      await cutBerth.expectSound(ran)
      expect(missed).toEqual([])
      const repeated = [...started].filter(([, times]) => times > 1).map(([id]) => id)
      expect(repeated.filter((id) => !cutOff.has(id))).toEqual([])
      expect(await endState(cutBerth, 'os1')).toBe(end)
      twoClouds(ran, await endState(cutBerth, 'os2'))
      expect((await cutBerth.run(['down'])).code).toBe(0)
      expect(await traces()).toEqual(before)
    },
  )
})

/** Each has its own group and its own instances, and those of both were looked at from everywhere. */
function twoClouds(ran: Ran, second: string): void {
  expect(second).toContain('marie-curie')
  expect(second).not.toContain('zoe-lefevre')
  const looked = of(ran.events, 'check.result').map(({ id }) => id)
  expect(new Set(looked).size).toBe(looked.length)
  for (const one of ['proof-direct@os1', 'proof-class-tp-a@os1', 'proof-direct@os2', 'proof-class-tp-b@os2'])
    for (const kind of ['inside/ping-out', 'outside/ping-in', 'outside/login', 'jump/in'])
      expect(looked).toContain(`${kind}/${one}`)
}

/** The first directory of a student: one with a clouds.yaml. */
function withClouds(dir: string): string {
  return (
    readdirSync(dir)
      .toSorted()
      .find((name) => existsSync(join(dir, name, 'clouds.yaml'))) ?? ''
  )
}
