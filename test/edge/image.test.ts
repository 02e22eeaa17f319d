// The tiny guest image, built and booted for real: QEMU, a network namespace of its own, radvd as the router.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Address, Prefix } from '../../src/core/prefix.ts'
import { readMirror } from '../../src/rehearsal/apt-mirror.ts'
import { localShell } from '../../src/host/spawn.ts'
import { consoleMark } from '../../src/image/guest.ts'
import { newc } from '../../src/image/cpio.ts'
import { imagePackages, tinyImagePath, tinyImageTask } from '../../src/image/tiny.ts'

const here = localShell()
const space = `bateau-image-${process.pid}`
const inside = localShell(space, ['nsenter', `--net=/run/netns/${space}`])
const prefix = Prefix.of('2001:2:0:77::/64')
const mac = '52:54:00:ba:7e:a0'
const guest = Address.eui64(prefix, mac)
const quiet = { line: () => {}, part: () => {}, signal: new AbortController().signal }
let dir = ''

const capable = process.getuid?.() === 0 && existsSync('/dev/net/tun')
/** Without vmx or svm in the processor's flags /dev/kvm may open and even make a machine, which then hangs in its BIOS. */
const kvm = canOpen('/dev/kvm') && /^flags\s*:.*\b(vmx|svm)\b/m.test(readFileSync('/proc/cpuinfo', 'utf8'))
if (process.env['CI'] && !capable) throw new Error('the image test needs root and /dev/net/tun')

const sources = async () => `deb ${(await readMirror(here, process.env)).main} trixie main\n`

describe.skipIf(!capable)('the tiny guest image', () => {
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'bateau-image-'))
    const wanted = [...imagePackages, ...tools]
    if ((await here.run(['dpkg', '--status', ...wanted])).code !== 0) {
      await must(here, ['apt-get', 'update', '-qq'])
      await must(here, ['apt-get', 'install', '-qq', '-y', '--no-install-recommends', ...wanted])
    }
    await must(here, ['ip', 'netns', 'add', space])
    for (const argv of [
      ['sysctl', '-qw', 'net.ipv6.conf.all.forwarding=1'],
      ['ip', 'tuntap', 'add', 'tap0', 'mode', 'tap'],
      ['ip', 'link', 'set', 'tap0', 'up'],
      ['ip', 'address', 'add', `${prefix.host(1)}/64`, 'dev', 'tap0', 'nodad'],
    ] as [string, ...string[]][])
      await must(inside, argv)
    await must(here, ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'ada', '-f', join(dir, 'key')])
    await makeConfigDrive(await readFile(join(dir, 'key.pub'), 'utf8'))
    await tinyImageTask({ shell: here, cacheDir: dir, sources, arch: process.arch }).act(quiet)
  })
  afterAll(async () => {
    await here.run(['ip', 'netns', 'del', space])
    await rm(dir, { recursive: true, force: true })
  })

  it('has a first root that cpio(1) reads as it was meant', async () => {
    const archive = newc([
      { kind: 'directory', path: 'dev', mode: 0o755 },
      { kind: 'character', path: 'dev/console', mode: 0o600, major: 5, minor: 1 },
      { kind: 'file', path: 'init', mode: 0o755, data: Buffer.from('#!/bin/sh\n') },
      { kind: 'link', path: 'sbin', mode: 0o777, target: 'bin' },
    ])
    const listed = await here.run(['cpio', '--list', '--verbose', '--numeric-uid-gid'], { stdin: archive })
    const lines = listed.stdout.trim().split('\n')
    expect(lines.map((line) => [line.slice(0, 10), line.split(/\s+/).at(-1)])).toEqual([
      ['drwxr-xr-x', 'dev'],
      ['crw-------', 'dev/console'],
      ['-rwxr-xr-x', 'init'],
      ['lrwxrwxrwx', 'bin'],
    ])
  })

  it('is found in the cache afterwards', async () => {
    const task = tinyImageTask({
      shell: here,
      cacheDir: dir,
      sources,
      arch: process.arch,
    })
    expect((await task.look()).done).toBe(true)
  })

  const ways = [
    { accel: 'tcg', machine: 'pc' },
    { accel: 'tcg', machine: 'q35' },
    ...(kvm ? [{ accel: 'kvm', machine: 'pc' }] : []),
  ]
  for (const { accel, machine } of ways)
    it(`boots on ${machine} with ${accel}, takes its address by SLAAC, opens to its key alone`, async () => {
      const router = announce()
      const vm = boot(accel, machine)
      try {
        await expect.poll(vm.said, { timeout: 180_000, interval: 250 }).toMatch(/address=/)
        const said = await vm.said()
        expect(said).toContain(`${consoleMark} hostname=proof-direct keys=1 resolvers=1`)
        expect(said).toMatch(new RegExp(`address=${guest}/64 routers=1 router=fe80::[0-9a-f:]+ mtu=1402 `))
        expect(said).not.toMatch(/did not load|not found|Permission denied/)
        expect(said).toMatch(new RegExp(`${consoleMark} host-key=ssh-ed25519 \\S+`))

        const hostKey = /host-key=(ssh-ed25519 \S+)/.exec(said)?.[1]
        await writeFile(join(dir, 'known'), `${guest} ${hostKey}\n`)
        const seen = await ssh(
          `hostname; cat /etc/resolv.conf; ping -6 -c 1 ${prefix.host(1)} >/dev/null && echo ping ok; command -v wget; command -v nc`,
        )
        expect(seen.stderr).toBe('')
        expect(seen.stdout).toBe('proof-direct\nnameserver 2001:2:0:77::53\nping ok\nwget\nnc\n')
        const noKey = await ssh('true', ['-o', 'IdentityFile=none', '-o', 'PubkeyAuthentication=no'])
        expect(noKey.code).toBe(255)
        expect(noKey.stderr).toContain('Permission denied (publickey)')

        vm.powerButton()
        expect((await vm.ended).code).toBe(0)
        expect(await vm.said()).toContain('power button')
      } finally {
        vm.stop()
        router.abort()
        await vm.ended
      }
    })

  function announce(): AbortController {
    const stop = new AbortController()
    void (async () => {
      await writeFile(
        join(dir, 'radvd.conf'),
        `interface tap0 { AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4; AdvLinkMTU 1402; prefix ${prefix} {}; };\n`,
      )
      await inside.run(
        ['radvd', '-n', '-C', join(dir, 'radvd.conf'), '-p', join(dir, 'radvd.pid'), '-m', 'stderr'],
        { signal: stop.signal },
      )
    })()
    return stop
  }

  function boot(accel: string, machine: string) {
    const stop = new AbortController()
    const consoleLog = join(dir, `console-${accel}-${machine}`)
    const monitor = join(dir, `monitor-${accel}-${machine}`)
    const ended = inside.run(
      [
        ...['qemu-system-x86_64', '-machine', `${machine},accel=${accel}`, '-m', '128', '-display', 'none'],
        ...['-serial', `file:${consoleLog}`, '-monitor', `unix:${monitor},server,nowait`],
        ...['-drive', `file=${tinyImagePath(dir)},if=virtio,format=raw,snapshot=on`],
        ...['-cdrom', join(dir, 'config.iso'), '-device', 'virtio-rng-pci'],
        ...['-netdev', 'tap,id=n,ifname=tap0,script=no,downscript=no'],
        ...['-device', `virtio-net-pci,netdev=n,mac=${mac}`],
      ] as unknown as [string, ...string[]],
      { signal: stop.signal },
    )
    return {
      ended,
      said: () => readFile(consoleLog, 'utf8').catch(() => ''),
      stop: () => stop.abort(),
      powerButton() {
        const socket = connect(monitor, () => socket.write('system_powerdown\n'))
        socket.on('error', () => {})
        socket.resume()
      },
    }
  }

  const ssh = (script: string, more: string[] = []) =>
    inside.run(
      [
        ...['ssh', '-F', 'none', '-o', 'BatchMode=yes', '-o', `UserKnownHostsFile=${join(dir, 'known')}`],
        ...['-o', 'StrictHostKeyChecking=yes', '-o', 'ConnectTimeout=60', '-o', 'IdentitiesOnly=yes'],
        ...['-i', join(dir, 'key'), ...more, `root@${guest}`, script],
      ] as unknown as [string, ...string[]],
      { timeout: 120_000 },
    )
})

const tools = ['qemu-system-x86', 'genisoimage', 'radvd', 'openssh-client', 'iproute2', 'cpio']

/** As Nova writes it: a volume `config-2` with the metadata of OpenStack in JSON on one line. */
async function makeConfigDrive(publicKey: string): Promise<void> {
  const data = join(dir, 'drive/openstack/latest')
  await must(here, ['mkdir', '-p', data])
  const meta = {
    uuid: '7b1',
    public_keys: { ada: publicKey },
    keys: [{ name: 'ada', type: 'ssh', data: publicKey }],
    hostname: 'proof-direct.novalocal',
    name: 'proof-direct',
  }
  const network = { links: [], networks: [], services: [{ type: 'dns', address: '2001:2:0:77::53' }] }
  await writeFile(
    join(data, 'meta_data.json'),
    JSON.stringify(meta).replaceAll('":', '": ').replaceAll(',"', ', "'),
  )
  await writeFile(
    join(data, 'network_data.json'),
    JSON.stringify(network).replaceAll('":', '": ').replaceAll(',"', ', "'),
  )
  await must(here, [
    'genisoimage',
    '-quiet',
    '-J',
    '-r',
    '-V',
    'config-2',
    '-o',
    join(dir, 'config.iso'),
    join(dir, 'drive'),
  ])
}

async function must(shell: typeof here, argv: [string, ...string[]]): Promise<void> {
  const ran = await shell.run(argv)
  if (ran.code !== 0) throw new Error(`${argv.join(' ')}: ${ran.stderr}`)
}

function canOpen(path: string): boolean {
  try {
    closeSync(openSync(path, 'r+'))
    return true
  } catch {
    return false
  }
}
