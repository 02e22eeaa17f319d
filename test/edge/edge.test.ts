// The provider's edge with its real daemons, and servers with their real systemd: what a rented server sees, without the cloud.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Prefix } from '../../src/core/prefix.ts'
import { Secret } from '../../src/core/secret.ts'
import type { Shell } from '../../src/core/shell.ts'
import { edgeShell, internetShell, pythonIndex } from '../../src/rehearsal/places.ts'
import { preflight } from '../../src/rehearsal/preflight.ts'
import { processesOf } from '../../src/rehearsal/processes.ts'
import { remains } from '../../src/rehearsal/remains.ts'
import { linkLocalOf, type ServerInput } from '../../src/rehearsal/world.ts'
import { capable, compile, down, machine, shellOf, sweep, testWorld, up } from './world.ts'

const delegated = Prefix.of('2001:2:0:1000::/56')
const routed = Prefix.of('2001:2:0:2000::/56')
const servers: ServerInput[] = [
  {
    name: 'os1',
    delivery: { kind: 'dhcpv6-pd', block: delegated, duid: new Secret('00:03:00:01:de:ad:be:ef:00:11') },
  },
  { name: 'os2', delivery: { kind: 'routed', block: routed, gateway: 'ra' } },
]
/** Outside the world's own directory, as a person's is. */
const git = `${testWorld('edge', servers).directories.state}-build/git`
const repository = 'openstack/devstack.git/HEAD'
const world = testWorld('edge', servers, process.pid, {}, git)
const internet = internetShell(world)
const edge = edgeShell(world)
const slow = { timeout: 60_000, interval: 500 }

const out = async (shell: Shell, ...argv: [string, ...string[]]) => (await shell.run(argv)).stdout
const pings = async (address: { toString(): string }, ...options: string[]) =>
  (await internet.run(['ping', '-c', '1', '-W', '2', ...options, address.toString()])).code === 0

/** What deployment will write in its own way; the least that makes networkd ask with a DUID. */
async function askWith(shell: Shell, rawData: string) {
  const file = `[Network]\nDHCP=ipv6\n[DHCPv6]\nDUIDType=link-layer\nDUIDRawData=${rawData}\nUseAddress=no\nWithoutRA=solicit\nSendRelease=no\n[IPv6AcceptRA]\nDHCPv6Client=always\n`
  const install = `d=/etc/systemd/network/10-netplan-eno1.network.d; mkdir -p $d; cat > $d/pd.conf; networkctl reload; networkctl reconfigure eno1`
  expect(await shell.run(['sh', '-ec', install], { stdin: file })).toMatchObject({ code: 0 })
}

const routeOfDelegated = async () =>
  (await out(edge, 'ip', '-6', 'route', 'show', 'exact', delegated.toString(), 'proto', '200')).trim()

describe.skipIf(!capable)('the edge and its servers', { timeout: 300_000 }, () => {
  let build = ''
  const [os1, os2] = [shellOf(world, 'os1'), shellOf(world, 'os2')]
  const [first, second] = world.servers
  if (!first || !second) throw new Error('there are two servers')

  beforeAll(async () => {
    await sweep('edge', servers)
    build = await compile(world)
    mkdirSync(join(git, repository, '..'), { recursive: true })
    writeFileSync(join(git, repository), 'ref: refs/heads/master\n')
    await up(world, build)
  })
  afterAll(async () => {
    await down(world)
    await machine.run(['rm', '-rf', build])
  })

  it('nothing stands in the way of a rehearsal that is up', async () => {
    expect(await preflight(world, machine)).toEqual([])
  })

  it('a directory without the repository of DevStack does', async () => {
    const faults = await preflight({ ...world, git: world.directories.state }, machine)
    expect(faults.map(({ code }) => code)).toEqual(['rehearsal-git'])
  })

  it('a rehearsal of the same name from another state directory does, and a namespace of nobody', async () => {
    const needs = { diskGiB: 0, memoryMiB: 0 }
    const [fault, ...more] = await preflight({ ...world, mark: `${world.mark}-other` }, machine, { needs })
    expect(more).toEqual([])
    expect(fault?.code).toBe('another-rehearsal')
    expect(fault?.title).toContain(world.name)
    expect(fault?.why).toContain(world.edge.namespace)

    const namespace = `bateau-${world.name}-nobodys`
    await machine.run(['ip', 'netns', 'add', namespace])
    await machine.run(['ip', '-n', namespace, 'link', 'add', 'nobodys', 'type', 'bridge'])
    const faults = await preflight({ ...world, internet: { ...world.internet, namespace } }, machine)
    await machine.run(['ip', 'netns', 'del', namespace])
    expect(faults.map(({ code }) => code)).toEqual(['foreign-namespace'])
  })

  it('a second run finds everything done', async () => {
    expect((await up(world, build)).changed).toEqual([])
  })

  it('servers run Debian 13 with a healthy systemd, reached by IPv4 and key only', async () => {
    for (const shell of [os1, os2]) {
      expect(await out(shell, 'sh', '-c', '. /etc/os-release; echo $VERSION_CODENAME')).toBe('trixie\n')
      expect(await out(shell, 'systemctl', 'is-system-running', '--wait')).toBe('running\n')
    }
    expect(await out(os1, 'hostname')).toBe('os1\n')
  })

  it('a router is between the internet and the servers', async () => {
    expect(await pings(first.ipv4.address, '-t', '1')).toBe(false)
    expect(await pings(first.ipv4.address, '-t', '2')).toBe(true)
    expect(await out(internet, 'ip', '-br', 'link')).not.toContain('seg')
  })

  it('each server makes an address of its own from the announcement, and a default route to fe80::1', async () => {
    for (const [shell, server] of [
      [os1, first],
      [os2, second],
    ] as const) {
      const own = server.uplink.host(linkLocalOf(server).bits & ((1n << 64n) - 1n))
      await expect
        .poll(() => out(shell, 'ip', '-6', 'addr', 'show', 'dev', 'eno1'), slow)
        .toContain(`${own}/64`)
      await expect
        .poll(() => out(shell, 'ip', '-6', 'route', 'show', 'default'), slow)
        .toContain('via fe80::1')
      await expect.poll(() => pings(own), slow).toBe(true)
    }
  })

  it('a routed block arrives without anybody asking for it', async () => {
    await os2.run(['ip', 'addr', 'add', `${routed.host(1)}/128`, 'dev', 'lo'])
    await expect.poll(() => pings(routed.host(1)), slow).toBe(true)
  })

  it('a block that nobody leased ends at the edge', async () => {
    const ran = await internet.run(['ping', '-c', '1', '-W', '2', delegated.host(1).toString()])
    expect(ran.stdout).toContain('Destination unreachable')
  })

  it('a wrong DUID gets an answer, but no prefix and no route', async () => {
    await askWith(os1, '00:01:de:ad:be:ef:00:99')
    const log = join(world.directories.state, 'log/kea.log')
    await expect
      .poll(() => readFileSync(log, 'utf8'), slow)
      .toMatch(/00:99\].*ALLOC_FAIL_NO_POOLS|ALLOC_FAIL_NO_POOLS duid=\[00:03:00:01:de:ad:be:ef:00:99\]/)
    await expect.poll(() => readFileSync(log, 'utf8'), slow).toMatch(/00:99\].*send packet ADVERTISE/)
    expect(readFileSync(log, 'utf8')).not.toContain('DHCP6_PD_LEASE_ALLOC')
    expect(await routeOfDelegated()).toBe('')
    expect(await out(os1, 'ip', '-6', 'route')).not.toContain(delegated.toString())
  })

  it('only the segment of a delegated block is listened on', async () => {
    const sockets = await out(edge, 'ss', '-Hlun', 'sport', '=', ':547')
    expect(sockets).toContain(`%${first.segment}`)
    expect(sockets).not.toContain(`%${second.segment}`)
  })

  it("the right DUID gets the block, routed to the server's link-local address", async () => {
    await askWith(os1, '00:01:de:ad:be:ef:00:11')
    await expect.poll(routeOfDelegated, slow).toContain(`via ${linkLocalOf(first)} dev ${first.segment}`)
    await os1.run(['ip', 'addr', 'add', `${delegated.host(1)}/128`, 'dev', 'lo'])
    await expect.poll(() => pings(delegated.host(1)), slow).toBe(true)
  })

  it('Kea that was killed is started again, and the routes of its leases with it', async () => {
    await edge.run(['ip', '-6', 'route', 'del', delegated.toString(), 'proto', '200'])
    for (const { pid } of await processesOf(world, 'kea')) process.kill(pid, 'SIGKILL')
    await expect.poll(() => processesOf(world, 'kea'), slow).toEqual([])
    expect((await up(world, build)).changed).toEqual(['rehearsal/edge'])
    expect(await routeOfDelegated()).toContain(`via ${linkLocalOf(first)}`)
  })

  it('packages come through the mirror, the second time from its cache; nothing else does', async () => {
    for (const shell of [os1, os2]) {
      expect(await shell.run(['apt-get', 'update'])).toMatchObject({ code: 0 })
      expect(await shell.run(['apt-get', 'install', '-y', '--no-install-recommends', 'tree'])).toMatchObject({
        code: 0,
      })
    }
    expect(readdirSync(join(world.directories.cache, 'packages')).join()).toMatch(/-tree_[^,]*\.deb/)
    const ask = `exec 3<>/dev/tcp/${world.internet.ipv4}/${world.internet.port}; printf 'GET http://example.org/ HTTP/1.0\\r\\n\\r\\n' >&3; head -n 1 <&3`
    expect(await out(os1, 'bash', '-c', ask)).toContain('403')
    expect(await out(os1, 'ip', 'route', 'get', '203.0.113.1')).toContain(first.ipv4.gateway)
  })

  it("pip finds this machine's own index through the mirror, with no authority of it, and the mirror keeps the file", async () => {
    const index = new URL(pythonIndex(world))
    const install = ['apt-get', 'install', '-y', '--no-install-recommends', 'python3-pip'] as const
    expect(await os1.run(install)).toMatchObject({ code: 0 })
    const download = ['pip', 'download', '--no-deps', '--dest', '/root', '-i', index.href] as const
    expect(await os1.run([...download, '--trusted-host', index.host, 'pbr==6.1.1'])).toMatchObject({
      code: 0,
    })
    expect(await out(os1, 'ls', '/root')).toContain('pbr-6.1.1')
    expect(readdirSync(join(world.directories.cache, 'python')).join()).toContain('-pbr-6.1.1')
  })

  it("the machine's git repositories are there to read, and not to write", async () => {
    expect(await out(os2, 'cat', join('/srv/git', repository))).toBe('ref: refs/heads/master\n')
    const written = await os2.run(['touch', '/srv/git/x'])
    expect(written.stderr).toContain('Read-only file system')
    expect(existsSync(join(git, 'x'))).toBe(false)
  })

  it('after a reboot a server has what its own configuration brings back, and nothing else', async () => {
    const boot = () => out(os1, 'cat', '/proc/sys/kernel/random/boot_id')
    const before = await boot()
    await os1.run(['sh', '-ec', 'nft add table inet lost; sysctl -qw net.ipv6.conf.all.forwarding=1'])
    // Not waited for: an answer that is cut off would be asked for again, of the server that is up again.
    await os1.run(['systemctl', '--no-block', 'reboot'])
    await expect.poll(async () => ![before, ''].includes(await boot().catch(() => '')), slow).toBe(true)
    expect(await out(os1, 'nft', 'list', 'tables')).toBe('')
    expect(await out(os1, 'sysctl', '-n', 'net.ipv6.conf.all.forwarding')).toBe('0\n')
    expect(await out(os1, 'ip', 'addr', 'show', 'dev', 'lo')).not.toContain(delegated.host(1).toString())
    await expect.poll(() => out(os1, 'ip', '-6', 'route'), slow).toContain(`unreachable ${delegated}`)
  })

  it('a server whose supervisor and system were killed is switched on again, its disk as it was', async () => {
    const boots: string[] = []
    for (const note of ['one', 'two', 'three']) {
      await os2.run(['sh', '-c', `echo ${note} >> /root/note; sync`])
      for (const { pid } of await processesOf(world, 'server-os2')) process.kill(pid, 'SIGKILL')
      await expect.poll(() => processesOf(world, 'server-os2'), slow).toEqual([])
      expect((await up(world, build)).changed).toEqual(['rehearsal/os2/power'])
      boots.push(await out(os2, 'cat', '/proc/sys/kernel/random/boot_id'))
    }
    expect(await out(os2, 'cat', '/root/note')).toBe('one\ntwo\nthree\n')
    expect(new Set(boots).size).toBe(3)
  })

  describe('bateau killed at', () => {
    const points = [
      'rehearsal/keys',
      'rehearsal/os1/disk',
      'rehearsal/edge',
      'rehearsal/mirror',
      'rehearsal/os2/power',
    ]
    it.each(points)(
      '%s, then run again: all is there, and what was done is not done twice',
      async (point) => {
        await down(world)
        const done = await killedAt(point)
        const again = await up(world, build)
        expect(again.changed.filter((id) => done.includes(id))).toEqual([])
        expect((await up(world, build)).changed).toEqual([])
      },
    )

    /** Runs it as a process of its own, and kills that as soon as it has begun `point`; what it said was done. */
    async function killedAt(point: string): Promise<string[]> {
      const { name, directories, identityFile } = world
      const program = `
import { Prefix } from '${build}/core/prefix.js'
import { Secret } from '${build}/core/secret.js'
import { localShell } from '${build}/host/spawn.js'
import { rehearsalTasks } from '${build}/rehearsal/tasks.js'
import { rehearsalWorld } from '${build}/rehearsal/world.js'
import { runTasks } from '${build}/run/scheduler.js'
const made = rehearsalWorld({ name: '${name}', directories: ${JSON.stringify(directories)}, identityFile: '${identityFile}', git: '${git}', servers: [
  { name: 'os1', delivery: { kind: 'dhcpv6-pd', block: Prefix.of('${delegated}'), duid: new Secret('00:03:00:01:de:ad:be:ef:00:11') } },
  { name: 'os2', delivery: { kind: 'routed', block: Prefix.of('${routed}'), gateway: 'ra' } },
] })
const tasks = rehearsalTasks(made.value, { machine: localShell(), programs: '${build}/rehearsal', env: process.env })
const say = (event) => {
  if (event.type === 'step.done') console.log('done ' + event.id)
  if (event.type === 'step.started' && event.id === '${point}') setImmediate(() => process.kill(process.pid, 'SIGKILL'))
}
await runTasks(tasks, say, { perLane: () => 4 }, new AbortController().signal)`
      const ran = await machine.run([process.execPath, '--input-type=module', '-e', program])
      expect(ran.stderr).toBe('')
      return ran.stdout.split('\n').flatMap((line) => (line.startsWith('done ') ? [line.slice(5)] : []))
    }
  })

  it('down leaves nothing: no process, namespace, mount, control group, file', async () => {
    await up(world, build)
    const before = footprint()
    expect(before.namespaces).toHaveLength(5)
    const ids = new Set(before.namespaces.map((name) => `net:[${statSync(join('/run/netns', name)).ino}]`))
    expect(inside(ids)).not.toEqual([])
    await down(world)
    expect(await remains(world, machine)).toEqual([])
    expect(footprint()).toEqual({ namespaces: [], mounts: [], groups: [], files: [] })
    expect(inside(ids)).toEqual([])
    expect((await down(world)).changed).toEqual([])
    expect(existsSync(join(git, repository))).toBe(true)
  })
})

const names = (directory: string) => (existsSync(directory) ? readdirSync(directory) : [])

/** Processes in any of the network namespaces, whoever they are. */
function inside(ids: ReadonlySet<string>): string[] {
  return names('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && ids.has(readlinkSync(`/proc/${pid}/ns/net`))
    } catch {
      return false
    }
  })
}

/** What is on the machine, looked at without the product's own eyes. */
function footprint() {
  const ours = (name: string) => name.includes(world.name) || name.includes(world.mark.slice(-12))
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n')
  const tops = mounts.flatMap((line) => (/ cgroup2? /.test(line) ? [line.split(' ')[1] ?? ''] : []))
  const nspawn = ['', 'propagate', 'unix-export', 'locks'].flatMap((name) =>
    names(join('/run/systemd/nspawn', name)),
  )
  return {
    namespaces: names('/run/netns').filter(ours),
    mounts: mounts.filter((line) => ours(line) && !line.includes('/run/netns/')),
    groups: tops.flatMap((top) => names(top)).filter(ours),
    files: [...names('/var/tmp'), ...nspawn].filter((name) => ours(name) && !name.endsWith('-build')),
  }
}
