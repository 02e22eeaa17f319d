// The whole engine up to a cloud that stands, over real SSH and systemd in a rehearsed server, with a stand-in for stack.sh
// that replays a real run: phases, seconds, failures. The real one is recorded in docs/devstack.md.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync, mkdtempSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Trouble, type Fault } from '../../src/core/fault.ts'
import { Prefix } from '../../src/core/prefix.ts'
import { references, Secret } from '../../src/core/secret.ts'
import type { HostStep } from '../../src/core/step.ts'
import { evidenceIn } from '../../src/deploy/evidence.ts'
import { engineOf } from '../../src/engine/engine.ts'
import { recorded } from './recorded.ts'
import type { DevstackSite } from '../../src/engine/devstack/release-facts.ts'
import { HostSteps } from '../../src/host/steps.ts'
import { siteOf } from '../edge/host-steps.ts'
import { compile, down, machine, shellOf, sweep, testWorld, up } from '../edge/world.ts'
import { type FaultName, hurry, standIn, unstandIn } from './stand-in.ts'

const delivery = {
  kind: 'routed',
  block: Prefix.of('2001:2:0:5500::/56'),
  gateway: 'ra',
  nextHop: null,
} as const
const servers = [{ name: 'os1', delivery }]
const place = mkdtempSync('/var/tmp/bateau-standin-')
const git = join(place, 'git')
const world = testWorld('devstack', servers, process.pid, {}, git)
const shell = shellOf(world, 'os1')
/** The same for all tests, as the vault of one course. */
const secrets = new Map<string, Secret>()
const vault = {
  get(name: string) {
    const found = secrets.get(name) ?? new Secret(`${name.replaceAll(/\W/g, '')}4711Secret`)
    secrets.set(name, found)
    return found
  },
}
let site: DevstackSite
let build = ''

beforeAll(async () => {
  await sweep('devstack', servers)
  await repository('stable/2026.1')
  build = await compile(world)
  await up(world, build)
  site = {
    ...(await siteOf(shell, delivery)),
    engine: {
      kind: 'devstack',
      release: '2026.1',
      cinder: false,
      gitBase: '/srv/git',
      pipIndex: null,
      imageUrls: ['https://images.example/tiny.img'],
    },
  }
})
afterAll(async () => {
  await down(world)
  for (const dir of [place, build]) rmSync(dir, { recursive: true, force: true })
})

/** openstack/devstack.git with one branch, made here. */
async function repository(branch: string): Promise<void> {
  const from = join(place, 'checkout')
  rmSync(from, { recursive: true, force: true })
  rmSync(join(git, 'openstack/devstack.git'), { recursive: true, force: true })
  mkdirSync(from, { recursive: true })
  mkdirSync(join(git, 'openstack'), { recursive: true })
  writeFileSync(join(from, 'stack.sh'), standIn, { mode: 0o755 })
  writeFileSync(join(from, 'unstack.sh'), unstandIn, { mode: 0o755 })
  const ran = await machine.run([
    'sh',
    '-ec',
    `cd "$1"; git init -q -b "$2"; git add -A
git -c user.name=test -c user.email=test@example.org commit -q -m 'a stand-in'
git clone -q --bare . "$3"; chmod -R a+rX "$4"`,
    'sh',
    from,
    branch,
    join(git, 'openstack/devstack.git'),
    place,
  ])
  expect(ran.stderr).toBe('')
}

/** Up to stack.sh: what comes after needs the real thing. `idle`: seconds without a line after which it is stopped. */
function steps(given: DevstackSite = site, idle = 1200): HostStep[] {
  const all = engineOf(given).steps(given)
  return all.slice(0, all.findIndex(({ id }) => id === 'openstack/stack') + 1).map((step) => ({
    ...step,
    files: step.files.map((file) => ({
      ...file,
      text: file.text
        .replace(/"idle_seconds": \d+/, `"idle_seconds": ${idle}`)
        .replace(/"every_seconds": \d+/, '"every_seconds": 1'),
    })),
  }))
}

type Carried = { lines: string[]; parts: number[]; carried: string[]; fault: Fault | null; look: string }

async function carry(
  these: readonly HostStep[] = steps(),
  onLine: (line: string) => void = () => {},
  signal = new AbortController().signal,
): Promise<Carried> {
  const keep = evidenceIn({ dir: place }, () => secrets.values())
  const host = new HostSteps(shell, these, vault, keep)
  const told: Carried = { lines: [], parts: [], carried: [], fault: null, look: '' }
  const progress = {
    line(text: string) {
      told.lines.push(text)
      onLine(text)
    },
    part: (done: number) => void told.parts.push(done),
    signal,
  }
  try {
    for (const { id } of these) {
      if ((await host.look(id)).done) continue
      told.carried.push(id)
      await host.act(id, progress)
      const after = await host.look(id, true)
      if (!after.done) return { ...told, look: after.seen }
    }
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    told.fault = error.fault
  }
  return told
}

const on = async (...argv: [string, ...string[]]) => (await shell.run(argv)).stdout.trim()
const begun = async () => Number(await on('sh', '-c', 'wc -l < /opt/stack/begun 2>/dev/null || echo 0'))
/** The next stack.sh has this fault, on a server as if none had run. */
async function afresh(fault: FaultName | null): Promise<void> {
  const give = fault === null ? 'rm -f /opt/stack/fault' : `echo ${fault} > /opt/stack/fault`
  await on('sh', '-c', `rm -rf /var/lib/bateau/devstack/*.json /opt/stack/begun /opt/stack/cleared; ${give}`)
}

describe('a bare server', () => {
  it(
    'comes to a cloud that stands, with its phases told, and no secret among the words',
    { timeout: 600_000 },
    async () => {
      const ran = await carry()
      expect(ran.fault).toBeNull()
      expect(ran.look).toBe('')
      expect(ran.carried).toContain('openstack/stack')
      // A phase that is over within a blink is passed over.
      const long = recorded.filter(({ seconds }) => seconds / hurry > 0.7).map(({ title }) => title)
      expect(long.length).toBeGreaterThan(2)
      expect(long.filter((title) => !ran.lines.some((line) => line.startsWith(`${title} ·`)))).toEqual([])
      expect(ran.parts.toSorted((a, b) => a - b)).toEqual(ran.parts)
      expect(ran.lines.join('\n')).toContain('inc/python:pip_install')
      for (const secret of secrets.values()) expect(ran.lines.join('\n')).not.toContain(secret.reveal())
    },
  )

  it('has a local.conf that only its user reads, with the passwords in it', async () => {
    expect(await on('stat', '-c', '%a %U', '/opt/stack/devstack/local.conf')).toBe('600 stack')
    expect(await on('stat', '-c', '%a %U', '/etc/bateau/devstack/local.conf')).toBe('600 root')
    const conf = await on('cat', '/opt/stack/devstack/local.conf')
    expect(references(conf)).toEqual([])
    expect(conf).toContain(`ADMIN_PASSWORD=${vault.get('os1/openstack/keystone/admin').reveal()}`)
  })

  it('listens on ::1 alone for queue, web server and database of the switch', async () => {
    const ports = await on(
      'sh',
      '-c',
      "ss -Hltn | awk '{print $4}' | grep -E ':(80|4369|5672|25672|6640)$' | sort -u",
    )
    expect(ports.split('\n').length).toBeGreaterThanOrEqual(4)
    for (const one of ports.split('\n')) expect(one).toMatch(/^\[::1\]:/)
  })

  it('is left as it is by a second run', async () => {
    const before = await begun()
    expect((await carry()).carried).toEqual([])
    expect(await begun()).toBe(before)
  })

  it('is not stacked again because local.conf has changed: that is said, and waits to be asked for', async () => {
    const before = await begun()
    const other = { ...site, overcommit: { ram: 1.5, vcpus: 16 } }
    const ran = await carry(steps(other))
    expect(ran.carried).toEqual(['openstack/local-conf'])
    expect(ran.lines.join('\n')).toContain('stacked with another local.conf')
    expect(await begun()).toBe(before)
    const dropIn = '/etc/systemd/system/devstack@keystone.service.d/bateau.conf'
    // What has services start again would start one in the middle of it, before its database is there.
    await on('sh', '-c', `mkdir -p "\${1%/*}"; printf '[Service]\\nRestart=always\\n' > "$1"`, 'sh', dropIn)
    const ask = engineOf(other).rebuild(other, true)
    expect((await shell.run(ask?.argv ?? ['false'])).code).toBe(0)
    expect((await carry(steps(other))).carried).toEqual(['openstack/stack'])
    expect(await begun()).toBe(before + 1)
    expect(await on('cat', '/opt/stack/cleared')).toBe('cleared')
    expect(await on('ls', dropIn)).toBe('')
    await carry()
  })

  it('has its units started again after a reboot of the parts, not its cloud built anew', async () => {
    const before = await begun()
    await on('systemctl', 'stop', 'devstack@n-cpu.service', 'mariadb.service')
    expect((await carry()).carried).toEqual(['openstack/stack'])
    expect(await begun()).toBe(before)
    expect(await on('systemctl', 'is-active', 'devstack@n-cpu.service', 'mariadb.service')).toBe(
      'active\nactive',
    )
  })
})

describe('a stack.sh that', () => {
  it('fails-in-nova-init is named, its log fetched without a secret, and it is not tried again by itself', async () => {
    await afresh('fails-in-nova-init')
    const ran = await carry()
    expect(ran.fault).toMatchObject({ code: 'devstack-migration', host: 'os1' })
    expect(ran.fault?.why).toContain('Lost connection to MySQL server')
    expect(await begun()).toBe(1)
    const dir = join(place, 'evidence/os1')
    expect(readdirSync(dir).toSorted()).toEqual(['stack.out', 'stack.sh.log', 'worlddump-latest.txt'])
    const log = readFileSync(join(dir, 'stack.sh.log'), 'utf8')
    expect(log).toContain('Error on exit')
    expect(log).toContain('password=•••')
    for (const secret of secrets.values()) expect(log).not.toContain(secret.reveal())
    expect(statSync(join(dir, 'stack.sh.log')).mode & 0o077).toBe(0)
    expect((await carry()).fault).toBeNull()
  })

  it('hangs-in-pip is stopped with everything below it, and tried once more', async () => {
    await afresh('hangs-in-pip')
    const ran = await carry(steps(site, 4))
    expect(ran.fault).toBeNull()
    expect(ran.lines).toContain('trying once more: devstack-silent-download')
    expect(await begun()).toBe(2)
    expect(await on('sh', '-c', 'pgrep -fc "[s]leep 100000" || true')).toBe('0')
  })

  it('goes on when the link is lost while OVN starts, and is followed again', async () => {
    await afresh('slow-at-ovn')
    const port = world.servers[0]?.port ?? ''
    let cut: Promise<unknown> | undefined
    const link = (state: string) =>
      machine.run(['ip', '-n', world.edge.namespace, 'link', 'set', port, state])
    const ran = await carry(steps(), (line) => {
      if (!line.startsWith('Starting OVN')) return
      cut ??= link('down')
        .then(() => machine.run(['sh', '-c', 'sleep 6']))
        .then(() => link('up'))
    })
    await cut
    expect(cut, ran.lines.join('\n')).toBeDefined()
    expect(ran.fault).toBeNull()
    expect(await begun()).toBe(1)
  })

  it('goes on when bateau is killed, and the next bateau follows it to its end', async () => {
    await afresh('slow-at-ovn')
    const stop = new AbortController()
    const first = await carry(steps(), (line) => line.startsWith('Starting OVN') && stop.abort(), stop.signal)
    expect(first.fault).toMatchObject({ code: 'interrupted' })
    const second = await carry()
    expect(second.fault).toBeNull()
    expect(second.carried).toEqual(['openstack/stack'])
    expect(await begun()).toBe(1)
  })

  it('leaves an image out without a word (image-silently-missing) is found out', async () => {
    await afresh('image-silently-missing')
    const ran = await carry()
    expect(ran.look).toContain('the image tiny was not downloaded')
    await afresh(null)
    expect((await carry()).look).toBe('')
  })
})

describe('a DevStack that is not ours to touch', () => {
  it('of somebody else is left alone, and said', async () => {
    await on('mv', '/var/lib/bateau/devstack/release', '/var/lib/bateau/devstack/release.kept')
    const ran = await carry()
    expect(ran.fault).toMatchObject({ code: 'devstack-foreign' })
    expect(await on('cat', '/opt/stack/devstack/stack.sh')).toContain('#!/bin/bash')
    await on('mv', '/var/lib/bateau/devstack/release.kept', '/var/lib/bateau/devstack/release')
  })

  it('of another release is left alone, and said', async () => {
    const ran = await carry(steps({ ...site, engine: { ...site.engine, release: 'master' } }))
    expect(ran.fault).toMatchObject({ code: 'devstack-other-release' })
  })
})

describe('a branch', () => {
  const again = async () => {
    await on('sh', '-c', 'rm -rf /opt/stack/devstack /var/lib/bateau/devstack')
    return carry(steps().filter(({ id }) => id === 'openstack/source'))
  }

  it('that was renamed when its maintenance ended is found under its new name', async () => {
    await repository('unmaintained/2026.1')
    expect((await again()).lines.join('\n')).toContain('unmaintained/2026.1 at ')
  })

  it('that is there under no name is said, and what there is', async () => {
    await repository('stable/2019.1')
    expect((await again()).fault).toMatchObject({ code: 'devstack-branch-gone' })
  })

  it('of a git_base that does not answer is said', async () => {
    rmSync(join(git, 'openstack/devstack.git'), { recursive: true })
    expect((await again()).fault).toMatchObject({ code: 'devstack-git-unreachable' })
  })
})
