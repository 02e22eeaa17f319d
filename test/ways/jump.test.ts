// The jump host with real sshd: on a cloud's own server (Debian 13) and on a small one apart (Debian 12), from a campus
// that has IPv4 alone to instances that have IPv6 alone; everything else refused; taken back when nobody confirms.
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runProbes } from '../../src/check/probe.ts'
import { jumpProbes } from '../../src/check/probes/campus.ts'
import { sampleLogin } from '../../src/check/probes/sample.ts'
import type { ProofInstance } from '../../src/check/proof-input.ts'
import { type Address, Prefix } from '../../src/core/prefix.ts'
import type { Vault } from '../../src/core/secret.ts'
import type { Shell } from '../../src/core/shell.ts'
import type { Site } from '../../src/core/site.ts'
import type { HostStep } from '../../src/core/step.ts'
import { hostNetwork } from '../../src/delivery/host-network.ts'
import { confirmTask } from '../../src/deploy/jump/confirm.ts'
import { removeTask } from '../../src/deploy/jump/remove.ts'
import { closeConnection } from '../../src/host/forward.ts'
import { authenticates, hopArgv, hopCommand, type JumpWay } from '../../src/host/jump-way.ts'
import { sshShell } from '../../src/host/ssh.ts'
import { readJumpFacts } from '../../src/jump/facts.ts'
import { type JumpInput, jumpGroup, jumpPaths, probeAccount } from '../../src/jump/input.ts'
import { reachedOf } from '../../src/jump/reached.ts'
import { jumpSteps } from '../../src/jump/steps.ts'
import { campusShell, internetShell, sshTarget } from '../../src/rehearsal/places.ts'
import type { ServerInput } from '../../src/rehearsal/world.ts'
import { carryOut as carry, siteOf } from '../edge/host-steps.ts'
import { insideAddresses, insideScript } from '../edge/inside.ts'
import { capable, compile, down, machine, shellOf, sweep, testWorld, up } from '../edge/world.ts'

const block = Prefix.of('2001:2:0:4000::/56')
const servers: ServerInput[] = [
  { name: 'os1', delivery: { kind: 'routed', block, gateway: 'ra' } },
  {
    name: 'gate',
    release: 'bookworm',
    delivery: { kind: 'slaac-only', block: Prefix.of('2001:2:0:fe00::/64') },
  },
]
const world = testWorld('jump', servers)
const shells: Record<string, Shell> = { os1: shellOf(world, 'os1'), gate: shellOf(world, 'gate') }
const campus = campusShell(world)
const keys = join(world.directories.state, 'keys')
const noVault: Vault = {
  get: () => {
    throw new Error('no secret is asked for')
  },
}
const carryOut = (shell: Shell, steps: readonly HostStep[]) => carry(shell, steps, noVault)
const slow = { timeout: 60_000, interval: 250 }

const must = async (shell: Shell, script: string): Promise<string> => {
  const ran = await shell.run(['sh', '-ec', script])
  expect(ran, script).toMatchObject({ code: 0 })
  return ran.stdout
}
const ipv4Of = (name: string) => world.servers.find((one) => one.name === name)?.ipv4.address ?? ''

/** Answers `HELLO` to whoever connects: what is refused must be there, or nothing is proven. */
const hello = `import socket, sys
where = sys.argv[1]
if where.startswith('/'):
    s = socket.socket(socket.AF_UNIX); s.bind(where)
    import os; os.chmod(where, 0o777)
else:
    s = socket.socket(socket.AF_INET6 if ':' in where else socket.AF_INET); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((where, int(sys.argv[2])))
s.listen(64)
while True:
    c, _ = s.accept(); c.sendall(b'HELLO'); c.close()`

/** Prints what a TCP server says first; the empty text where nothing gets through. */
const listen = `import socket, sys
try:
    c = socket.create_connection((sys.argv[1], int(sys.argv[2])), 4); c.settimeout(4); print(c.recv(5).decode())
except OSError as e: print('refused', e, file=sys.stderr)`

/** Prints what is heard first through a SOCKS server at 127.0.0.1:1080. */
const socks = `import socket, sys
c = socket.create_connection(('127.0.0.1', 1080), 4); c.settimeout(6)
c.sendall(b'\\x05\\x01\\x00'); c.recv(2)
c.sendall(b'\\x05\\x01\\x00\\x04' + socket.inet_pton(socket.AF_INET6, sys.argv[1]) + int(sys.argv[2]).to_bytes(2, 'big'))
print(c.recv(10)[1], c.recv(5).decode())`

describe.skipIf(!capable)('the jump host', { timeout: 300_000 }, () => {
  let build = ''
  let site: Site
  const inputs = new Map<string, JumpInput>()
  const inputOf = (name: string) => inputs.get(name) ?? expect.fail(`no input of ${name}`)

  const wayOf = (name: string, user: string): JumpWay => ({
    address: ipv4Of(name),
    port: 2222,
    user,
    identityFile: join(keys, user),
    knownHosts: join(world.directories.state, `jump_known_hosts_${name}`),
    ipv4: true,
  })
  const shellAt = (name: string) => shells[name] ?? expect.fail(`no server ${name}`)
  const confirm = (name: string) =>
    confirmTask(
      {
        server: name,
        shell: shellAt(name),
        async fresh(body) {
          const dir = join(world.directories.state, 'fresh')
          try {
            return await body(sshShell(sshTarget(world, name), dir))
          } finally {
            await closeConnection(sshTarget(world, name), dir)
          }
        },
        place: campus,
        way: wayOf(name, probeAccount),
        hosts: ['jump.course.example'],
      },
      [],
    )
  const progress = { line() {}, part() {}, signal: new AbortController().signal }
  /** As bateau does it: steps, then the log-ins that confirm. */
  async function install(name: string, input = inputOf(name)): Promise<string[]> {
    const carried = await carryOut(shellAt(name), jumpSteps(input))
    if (!(await confirm(name).look()).done) await confirm(name).act(progress)
    expect(await confirm(name).look()).toMatchObject({ done: true })
    return carried
  }
  const isIn = async (name: string, user: string) => (await authenticates(campus, wayOf(name, user))).in

  /** From the campus into an instance, by the student's key twice: at the jump host and in the instance. */
  const through = (name: string, user: string, to: Address, command: string, timeout = 30_000) =>
    campus.run(
      [
        'ssh',
        ...['-F', 'none', '-T', '-o', 'BatchMode=yes', '-o', 'IdentitiesOnly=yes', '-o', 'LogLevel=ERROR'],
        ...['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '-o', 'ControlPath=none'],
        ...['-o', `ProxyCommand=${hopCommand(wayOf(name, user))}`, '-i', join(keys, user)],
        ...['-l', 'root', String(to), '--', command],
      ],
      { timeout },
    )
  /** ssh to the jump host itself, with more options. */
  const ask = (name: string, user: string, more: readonly string[], to: readonly string[] = []) => {
    const [ssh, ...rest] = hopArgv(wayOf(name, user), '-').slice(0, -3)
    return campus.run([ssh ?? 'ssh', ...rest, ...more, ipv4Of(name), ...to], { timeout: 15_000 })
  }
  const adminOf = (name: string) =>
    must(
      shellAt(name),
      'sha256sum /etc/ssh/sshd_config; systemctl show -P MainPID ssh.service; systemctl is-active ssh.service',
    )

  const before = new Map<string, string>()
  beforeAll(async () => {
    await sweep('jump', servers)
    build = await compile(world)
    await up(world, build)
    const os1 = shellAt('os1')
    site = await siteOf(os1, { kind: 'routed', block, gateway: 'ra', nextHop: null })
    const more = [
      { port: 443, why: 'API and dashboard' },
      { port: 2222, why: 'students' },
    ]
    site = { ...site, open: [...site.open, ...more] }
    await carryOut(os1, hostNetwork(site))
    for (const name of Object.keys(shells)) before.set(name, await adminOf(name))
    await must(os1, insideScript(site))
    const users = [probeAccount, 'ada', 'bob', 'stranger']
    await must(
      machine,
      `mkdir -p ${keys}; for u in ${users.join(' ')}; do ssh-keygen -q -t ed25519 -N '' -C $u -f ${keys}/$u; done`,
    )
    const publicOf = (user: string) => must(machine, `cat ${keys}/${user}.pub`)
    await must(
      os1,
      `printf '%s' '${await publicOf('ada')}${await publicOf('bob')}' >> /root/.ssh/authorized_keys`,
    )
    const start = (unit: string, within: string, ...words: string[]) =>
      `systemd-run -q --unit=${unit} ${within} python3 -c '${hello.replaceAll("'", `'\\''`)}' ${words.join(' ')}`
    await must(
      os1,
      [
        start('hello6', '', '::1', '5000'),
        start('hello4', '', '127.0.0.1', '5000'),
        start('hello80', 'ip netns exec direct', '::', '80'),
        start('hello443', 'ip netns exec direct', '::', '443'),
        start('hellofront', '', '::', '443'),
        start('hellounix', '', '/run/hello.sock'),
      ].join('\n'),
    )
    await must(shellAt('gate'), start('hellounix', '', '/run/hello.sock'))
    for (const name of Object.keys(shells))
      inputs.set(name, {
        course: 'cloud',
        facts: await readJumpFacts(shellAt(name)),
        port: 2222,
        ports: [22],
        reached: reachedOf([site.addressing], { direct: true, api: true }),
        travellers: await Promise.all(
          users.slice(0, 3).map(async (login) => ({ login, key: (await publicOf(login)).trim() })),
        ),
        patience: 60,
      })
  })
  afterAll(async () => {
    await down(world)
    await machine.run(['rm', '-rf', build])
  })

  it('is of two versions of OpenSSH, and the campus has no IPv6 at all', async () => {
    expect([inputOf('os1').facts.openssh, inputOf('gate').facts.openssh]).toEqual([
      [10, 0],
      [9, 2],
    ])
    expect(await must(campus, 'ip -6 addr; ip -6 route')).toBe('')
    const { code } = await campus.run([
      'ping',
      '-6',
      '-c',
      '1',
      '-W',
      '1',
      String(insideAddresses(site).direct),
    ])
    expect(code).not.toBe(0)
  })

  it.each(['os1', 'gate'])('that nobody confirms is gone again from %s, by itself', async (name) => {
    const shell = shellAt(name)
    const steps = jumpSteps({ ...inputOf(name), patience: 2 })
    const daemon = steps.at(-1)?.id
    await carryOut(shell, steps.slice(0, -1))
    await carry(shell, steps.slice(-1), noVault).catch((error: unknown) => {
      // Taken back between its end and the look at it.
      if (!String(error).includes(String(daemon))) throw error
    })
    const state =
      'set +e; systemctl is-active bateau-jump bateau-jump-firewall; systemctl is-enabled bateau-jump; nft list tables; true'
    await expect.poll(() => must(shell, state), slow).toMatch(/^inactive\ninactive\ndisabled\n/)
    expect(await must(shell, state)).not.toContain('bateau_jump')
    expect(await isIn(name, 'ada')).toBe(false)
  })

  it.each(['os1', 'gate'])('is put in place on %s, confirmed, and done when done', async (name) => {
    await install(name)
    expect(await carryOut(shellAt(name), jumpSteps(inputOf(name)))).toEqual([])
    expect(await adminOf(name)).toBe(before.get(name))
  })

  describe.each(['os1', 'gate'])('on %s', (name) => {
    const other = name === 'os1' ? 'gate' : 'os1'

    it.each(['direct', 'class'] as const)(
      'leads from the campus to an instance on the network %s',
      async (network) => {
        const ran = await through(name, 'ada', insideAddresses(site)[network], 'id -un')
        expect(ran).toMatchObject({ code: 0, stdout: 'root\n' })
        const judged = await must(shellAt(name), 'nft list chain inet bateau_jump students')
        expect(judged).toMatch(/counter packets [1-9]\d* bytes \d+ accept/)
      },
    )

    it('leads nowhere else, though all of it answers who is not held', async () => {
      const shell = shellAt(name)
      const { service, public: segment, transit } = site.addressing
      const linkLocal = (
        await must(shell, "ip -6 -o addr show dev eno1 scope link | sed 's/.*inet6 //; s#/.*##'")
      ).trim()
      const slaac = (of: string) =>
        must(
          shellAt(of),
          "ip -6 -o addr show dev eno1 scope global | sed -n 's/.*inet6 //; s#/.*##p' | tail -n 1",
        )
      const own = (await slaac(name)).trim()
      const beside = (await slaac(other)).trim()
      const targets: [string, number][] = [
        ['::1', 22],
        ['127.0.0.1', 22],
        ['localhost', 22],
        ['::ffff:127.0.0.1', 22],
        [ipv4Of(name), 22],
        [ipv4Of(other), 22],
        [own, 22],
        [beside, 22],
        [`${linkLocal}%eno1`, 22],
        [String(service), 22],
        [String(segment.host), 22],
        [String(transit?.host), 22],
        [String(insideAddresses(site).direct), 80],
        // sshd would allow the port, which is the front's: the filter does not.
        [String(insideAddresses(site).direct), 443],
        ...(name === 'os1'
          ? ([
              ['::1', 5000],
              ['127.0.0.1', 5000],
            ] as [string, number][])
          : []),
      ]
      for (const [address, port] of targets) {
        const held = `[${address}]:${port}`
        const control = await shell.run(['python3', '-c', listen, address, String(port)])
        expect(control.stdout, `${held} answers root`).toMatch(/^(SSH-2|HELLO)/)
        const ran = await campus.run(hopArgv(wayOf(name, 'ada'), held), { timeout: 15_000 })
        expect(ran.stdout, held).toBe('')
        // From a link-local address no refusal comes back (systemd drops it): ssh waits for nothing.
        if (!address.startsWith('fe80')) expect(ran.stderr, held).toMatch(/stdio forwarding failed/)
      }
    })

    it('leads to API and dashboard of the cloud, for a browser behind ssh -D, and to nothing else there', async () => {
      const held = ask(name, 'ada', ['-N', '-D', '127.0.0.1:1080'])
      await expect.poll(() => must(campus, "ss -Hltn 'sport = :1080'"), slow).toContain(':1080')
      const heard = async (to: Address, port: number) =>
        (await campus.run(['python3', '-c', socks, String(to), String(port)])).stdout
      const { service, public: segment } = site.addressing
      expect(await heard(service, 443)).toBe('0 HELLO\n')
      expect(await heard(service, 22)).not.toContain('SSH')
      expect(await heard(segment.host, 443)).not.toContain('HELLO')
      await campus.run(['pkill', '-f', 'D 127.0.0.1:1080'])
      await held
    })

    it('is held by the packet filter alone, too: whoever had a shell of the account', async () => {
      const as = (to: Address | string, port: number) =>
        shellAt(name).run([
          ...(['setpriv', '--reuid=ada', `--regid=${jumpGroup}`, '--clear-groups'] as const),
          ...['python3', '-c', listen, String(to), String(port)],
        ])
      const { direct } = insideAddresses(site)
      expect((await as(direct, 22)).stdout).toMatch(/^SSH-2/)
      for (const [to, port] of [
        [direct, 80],
        [direct, 443],
        ['::1', 22],
        ['127.0.0.1', 22],
        [ipv4Of(other), 22],
        [site.addressing.public.host, 22],
        [world.internet.address, world.internet.port],
      ] as const) {
        const ran = await as(to, port)
        expect(ran.stdout, `${to}:${port}`).toBe('')
        expect(ran.stderr, `${to}:${port}`).toMatch(/^refused/)
      }
    })

    it('gives no shell, no command, no file transfer', async () => {
      for (const [more, to] of [
        [[], ['id']],
        [['-tt'], []],
        [['-s'], ['sftp']],
        [['-A', '-X'], ['id']],
      ] as [string[], string[]][]) {
        const ran = await ask(name, 'ada', more, to)
        expect(ran.code, `${more.join(' ')} ${to.join(' ')}`).not.toBe(0)
        expect(ran.stdout).toBe('')
      }
    })

    it('takes no forward back, none to a socket, and no tunnel', async () => {
      for (const back of ['9000:localhost:22', '/tmp/back.sock:localhost:22']) {
        const ran = await ask(name, 'ada', ['-N', '-o', 'ExitOnForwardFailure=yes', '-R', back])
        expect(ran.code, back).toBe(255)
        expect(ran.stderr, back).toMatch(/forwarding failed/)
      }
      const control = await shellAt(name).run([
        ...([
          'python3',
          '-c',
          "import socket; s = socket.socket(socket.AF_UNIX); s.connect('/run/hello.sock'); print(s.recv(5).decode())",
        ] as const),
      ])
      expect(control.stdout).toBe('HELLO\n')
      const held = ask(name, 'ada', ['-N', '-L', '127.0.0.1:9001:/run/hello.sock', '-D', '127.0.0.1:1080'])
      const heard = (script: string, ...words: string[]) => campus.run(['python3', '-c', script, ...words])
      await expect.poll(() => must(campus, "ss -Hltn 'sport = :1080'"), slow).toContain(':1080')
      expect((await heard(listen, '127.0.0.1', '9001')).stdout.trim()).toBe('')
      const { direct } = insideAddresses(site)
      expect((await heard(socks, String(direct), '22')).stdout).toBe('0 SSH-2\n')
      for (const [to, port] of [
        ['::1', '22'],
        [String(direct), '80'],
        [String(site.addressing.service), '22'],
      ] as const)
        expect((await heard(socks, to, port)).stdout, to).not.toContain('SSH')
      await campus.run(['pkill', '-f', '127.0.0.1:9001:/run/hello.sock'])
      await held
      const effective = await must(
        shellAt(name),
        `sshd -T -f ${jumpPaths.etc}/sshd_config -C user=ada,host=h,addr=198.19.254.2`,
      )
      for (const line of [
        'permittunnel no',
        'x11forwarding no',
        'allowagentforwarding no',
        'allowstreamlocalforwarding no',
        'allowtcpforwarding local',
        'permitopen *:22 *:443',
        'permitlisten none',
        'maxsessions 0',
        'permitrootlogin no',
        'passwordauthentication no',
        'kbdinteractiveauthentication no',
        'permituserrc no',
      ])
        expect(effective).toContain(`\n${line}\n`)
    })

    it('lets in nobody without the key of an account of its own', async () => {
      const way = wayOf(name, 'ada')
      const tried = async (more: Partial<JumpWay>, extra: string[] = []) => {
        const [ssh, ...rest] = hopArgv({ ...way, ...more }, '[::1]:9', 'VERBOSE')
        return campus.run([ssh, ...extra, ...rest] as [string, ...string[]], { timeout: 15_000 })
      }
      const password = [
        '-o',
        'PubkeyAuthentication=no',
        '-o',
        'PreferredAuthentications=password,keyboard-interactive',
      ]
      for (const ran of [
        await tried({ identityFile: join(keys, 'stranger') }),
        await tried({ identityFile: join(keys, 'bob') }),
        await tried({ user: 'stranger', identityFile: join(keys, 'stranger') }),
        await tried({ user: 'root', identityFile: world.identityFile }),
        await tried({ user: 'nobody', identityFile: join(keys, 'ada') }),
        await tried({}, password),
      ]) {
        expect(ran.code).toBe(255)
        expect(ran.stderr).toMatch(/Permission denied \(publickey\)/)
        expect(ran.stderr).not.toMatch(/^Authenticated/m)
      }
      expect(await isIn(name, 'ada')).toBe(true)
    })

    it('writes down who came, and what was refused', async () => {
      const log = await must(shellAt(name), 'journalctl -q -o cat -u bateau-jump')
      expect(log).toMatch(/Accepted publickey for ada from 198\.19\.254\.2 /)
      expect(log).toMatch(
        /Received request from .* to connect to host .* port 80, but the request was denied/,
      )
    })

    it('keeps what runs when sshd refuses the new configuration', async () => {
      const shell = shellAt(name)
      const look = `sha256sum ${jumpPaths.etc}/sshd_config; systemctl show -P MainPID bateau-jump`
      const was = await must(shell, look)
      const error = await carryOut(shell, spoilt(inputOf(name), 'PermitOpen', 'NoSuchKey')).catch(
        (one: unknown) => one,
      )
      expect(error).toMatchObject({ fault: { code: 'jump-config-refused' } })
      expect(await must(shell, look)).toBe(was)
      expect(await isIn(name, 'ada')).toBe(true)
    })

    it('takes back at once what lets nobody in, and says so', async () => {
      const shell = shellAt(name)
      const was = await must(shell, `sha256sum ${jumpPaths.etc}/sshd_config`)
      await carryOut(shell, spoilt(inputOf(name), '/keys/%u', '/nowhere/%u'))
      expect(await isIn(name, 'ada')).toBe(false)
      await expect(confirm(name).act(progress)).rejects.toMatchObject({ fault: { code: 'jump-no-login' } })
      expect(await must(shell, `sha256sum ${jumpPaths.etc}/sshd_config`)).toBe(was)
      await expect.poll(() => isIn(name, 'ada'), slow).toBe(true)
    })

    it('takes it back by itself when bateau is killed meanwhile, and sessions go on all the time', async () => {
      const shell = shellAt(name)
      const session = through(
        name,
        'bob',
        insideAddresses(site).direct,
        'echo begun; sleep 15; echo whole',
        60_000,
      )
      await expect.poll(() => must(shell, 'pgrep -u bob || true'), slow).not.toBe('')
      await carryOut(shell, spoilt({ ...inputOf(name), patience: 4 }, '/keys/%u', '/nowhere/%u'))
      expect(await isIn(name, 'ada')).toBe(false)
      await expect.poll(() => isIn(name, 'ada'), slow).toBe(true)
      expect(await must(shell, `grep -c nowhere ${jumpPaths.etc}/sshd_config || true`)).toBe('0\n')
      expect(await session).toMatchObject({ code: 0, stdout: 'begun\nwhole\n' })
      await install(name)
    })

    it('puts a student out with the sessions, and leaves the others in theirs', async () => {
      const shell = shellAt(name)
      const { direct } = insideAddresses(site)
      const ada = through(
        name,
        'ada',
        direct,
        'echo begun; until [ -e /run/over ]; do sleep 0.2; done; echo whole',
        90_000,
      )
      const bob = through(name, 'bob', direct, 'sleep 80', 90_000)
      await expect.poll(() => must(shell, 'pgrep -u bob && pgrep -u ada || true'), slow).toMatch(/\d+\n\d+\n/)
      const without = {
        ...inputOf(name),
        travellers: inputOf(name).travellers.filter(({ login }) => login !== 'bob'),
      }
      expect(await install(name, without)).toEqual(['jump/accounts'])
      expect((await bob).code).toBe(255)
      expect(await isIn(name, 'bob')).toBe(false)
      expect((await shell.run(['getent', 'passwd', 'bob'])).code).toBe(2)
      expect(await must(shell, `ls ${jumpPaths.etc}/keys`)).toBe(`ada\n${probeAccount}\n`)
      await must(shellAt('os1'), 'touch /run/over')
      expect(await ada).toMatchObject({ code: 0, stdout: 'begun\nwhole\n' })
      await must(shellAt('os1'), 'rm /run/over')
      expect(await install(name)).toEqual(['jump/accounts'])
      expect(await isIn(name, 'bob')).toBe(true)
    })

    it('leaves an account of the server alone, and makes the others', async () => {
      const shell = shellAt(name)
      const input = inputOf(name)
      const [first] = input.travellers
      const more = ['daemon', 'zoe'].map((login) => ({ login, key: first?.key ?? null }))
      const was = await must(shell, 'getent passwd daemon')
      const steps = jumpSteps({ ...input, travellers: [...input.travellers, ...more] })
      const error = await carryOut(shell, steps).catch((one: unknown) => one)
      expect(error).toMatchObject({ fault: { code: 'jump-account-foreign' } })
      expect((error as { fault: { why: string } }).fault.why).toContain('daemon')
      expect(await must(shell, 'getent passwd daemon')).toBe(was)
      expect(await must(shell, 'getent passwd zoe')).toContain(':bateau/cloud:/nonexistent:/usr/sbin/nologin')
      await install(name)
      expect((await shell.run(['getent', 'passwd', 'zoe'])).code).toBe(2)
    })

    it('is proven by the check, which says when the filter is gone', async () => {
      const shell = shellAt(name)
      const instances = (['direct', 'class'] as const).map((network): ProofInstance => ({
        name: `proof-${network}`,
        inCloud: `proof-${network}`,
        network,
        address: insideAddresses(site)[network],
        host: 'os1',
        user: 'root',
        identityFile: world.identityFile,
        mtu: 1500,
      }))
      const knownHosts = join(world.directories.state, 'instances_known_hosts')
      const look = async () => {
        const way = wayOf(name, probeAccount)
        const proof = {
          server: name,
          shell,
          campus,
          without: 'ipv6',
          way,
          program: jumpPaths.program,
          ports: [22],
          api: true,
          knownHosts,
        } as const
        const results = await runProbes(jumpProbes(proof, [site], instances), { now: () => new Date() })
        return Object.fromEntries(results.map(({ id, verdict, fault }) => [id, fault?.code ?? verdict]))
      }
      const well = {
        'vantage/campus': 'yes',
        [`jump/${name}/confirmed`]: 'yes',
        [`jump/${name}/login`]: 'yes',
        'jump/in/proof-direct': 'yes',
        'jump/in/proof-class': 'yes',
        'jump/api/os1': 'yes',
        [`jump/closed/${name}`]: 'yes',
      }
      expect(await look()).toEqual(well)
      // As `class verify` does it: by a student's own account there.
      const guest = { name: 'sample', user: 'root', identityFile: world.identityFile, knownHosts }
      const sample = { ...guest, address: insideAddresses(site).class }
      const way = (user: string) => ({ outside: campus, hop: wayOf(name, user), words: `as ${user}` })
      const patience = { until: () => true, signal: new AbortController().signal }
      expect(await sampleLogin(way('ada'), sample, patience)).toMatchObject({ verdict: 'yes' })
      const stranger = await sampleLogin(
        { ...way('ada'), hop: { ...way('ada').hop, user: 'nobody' } },
        sample,
        patience,
      )
      expect(stranger).toMatchObject({ verdict: 'no', fault: { code: 'sample-jump-refused' } })
      await must(shell, 'nft delete table inet bateau_jump')
      expect(await look()).toEqual({
        ...well,
        [`jump/${name}/confirmed`]: 'jump-down',
        [`jump/closed/${name}`]: 'jump-open',
      })
      expect(await install(name)).toEqual(['jump/daemon'])
      expect(await look()).toEqual(well)
    })

    it('does not run without its filter, and has it again when nftables is restarted', async () => {
      const shell = shellAt(name)
      await must(shell, 'systemctl stop bateau-jump-firewall')
      expect((await shell.run(['systemctl', 'is-active', 'bateau-jump'])).stdout).toBe('inactive\n')
      await install(name)
      await must(shell, 'systemctl start nftables; systemctl restart nftables')
      await expect.poll(async () => (await shell.run([jumpPaths.program, 'holds'])).code, slow).toBe(0)
      expect(await isIn(name, 'ada')).toBe(true)
      await must(shell, 'systemctl stop nftables')
      if (name === 'os1') await must(shell, 'systemctl restart bateau-firewall')
      await install(name)
    })

    it('holds back who floods it, and not the administrator', async () => {
      const internet = internetShell(world)
      const flood = `import socket, sys
for i in range(400):
    s = socket.socket(); s.setblocking(False); s.connect_ex((sys.argv[1], 2222))`
      await internet.run(['python3', '-c', flood, ipv4Of(name)])
      expect(await must(shellAt(name), 'nft list chain inet bateau_jump input')).toMatch(
        /asking4.*counter packets [1-9]\d* bytes \d+ drop/,
      )
      expect(await isIn(name, 'ada')).toBe(true)
      expect(await adminOf(name)).toBe(before.get(name))
    })
  })

  it('comes back after a reboot, with what was confirmed and not with what was not', async () => {
    const gate = shellAt('gate')
    await carryOut(gate, spoilt({ ...inputOf('gate'), patience: 3600 }, '/keys/%u', '/nowhere/%u'))
    const boot = () => gate.run(['cat', '/proc/sys/kernel/random/boot_id'])
    const was = (await boot()).stdout
    await gate.run(['systemctl', '--no-block', 'reboot'])
    await expect
      .poll(async () => {
        const ran = await boot().catch(() => ({ code: 255, stdout: '' }))
        return ran.code === 0 && ran.stdout !== was
      }, slow)
      .toBe(true)
    await expect.poll(() => isIn('gate', 'ada'), slow).toBe(true)
    const whoami = async () => (await through('gate', 'ada', insideAddresses(site).direct, 'id -un')).stdout
    // Its IPv6 is there when its router has announced itself.
    await expect.poll(whoami, slow).toBe('root\n')
    await install('gate')
    before.set('gate', await adminOf('gate'))
  })

  it.each(['os1', 'gate'])('is taken away from %s with all that it made, and nothing else', async (name) => {
    const shell = shellAt(name)
    const remove = removeTask(name, 'cloud', shell)
    expect(await remove.look()).toMatchObject({ done: false })
    await remove.act(progress)
    expect(await remove.look()).toMatchObject({ done: true })
    const rest = `set +e; ls -d /etc/bateau/jump /usr/local/lib/bateau/jump /run/bateau-jump 2>/dev/null
find /etc/systemd /var/lib/bateau -name '*jump*'; getent group ${jumpGroup}
getent passwd | grep bateau/cloud; nft list tables | grep jump; ss -Hltn 'sport = :2222'; true`
    expect(await must(shell, rest)).toBe('')
    expect(await adminOf(name)).toBe(before.get(name))
    expect(await isIn(name, 'ada')).toBe(false)
    await remove.act(progress).catch(() => {})
    expect(await remove.look()).toMatchObject({ done: true })
  })

  describe('as `bateau class jump` makes it', () => {
    const home = join(world.directories.state, 'home')
    const file = join(home, 'course.yaml')
    const runtime = `/tmp/bateau-jump-${process.pid}`
    afterAll(async () => {
      await machine.run(['rm', '-rf', runtime])
    })
    const course = (name: string, students: string) => `
mkdir -p ${home}/state/bateau/${name}
cat > ${home}/roster.csv <<'end'
login,name,key
${students}
end
cat > ${file} <<'end'
course: {name: ${name}, title: A course, start: 2026-09-01, end: 2027-06-30}
students: {roster: roster.csv}
instances: {per_student: 1, ram: 192 MiB, disk: 1 GiB}
servers:
  - {name: os1, provider: adopted, address: ${ipv4Of('os1')}, cores: 2, ram: 6 GiB, disks: [{kind: ssd, size: 30 GB}], ipv6: {delivery: routed, block: '${block}'}}
  - {name: gate, role: jump, provider: adopted, address: ${ipv4Of('gate')}}
access: {key: ${world.identityFile}}
networks: {direct: true, class: true, resolvers: ['2620:fe::fe']}
jump: {server: gate}
end
printf '{"courseFile":"${file}","rehearsal":false}' > ${home}/state/bateau/${name}/world.json`
    const student = async (login: string) =>
      `${login},${login} Lovelace,${(await must(machine, `cat ${keys}/${login}.pub`)).trim()}`
    const bateau = async (...words: string[]) => {
      // The path of a socket has at most 108 bytes (unix(7)).
      const dirs = [
        ...['state', 'config', 'cache'].map((one) => `XDG_${one.toUpperCase()}_HOME=${home}/${one}`),
        `XDG_RUNTIME_DIR=${runtime}`,
      ]
      const launcher = join(process.cwd(), 'bateau')
      const ran = await internetShell(world).run(
        ['env', ...dirs, launcher, 'class', 'jump', file, '--json', ...words],
        { timeout: 200_000 },
      )
      const events = ran.stdout
        .trim()
        .split('\n')
        .filter(Boolean)
        .map(
          (line) =>
            JSON.parse(line) as {
              type: string
              id?: string
              fault?: { code: string }
              data?: Record<string, unknown>
            },
        )
      return {
        code: ran.code,
        faults: events.flatMap(({ fault }) => fault?.code ?? []),
        done: events.filter(({ type }) => type === 'step.done').map(({ id }) => id),
        report: events.find(({ type }) => type === 'report')?.data,
        all: `${ran.stdout}${ran.stderr}`,
      }
    }

    it('says what it would do, and does nothing', async () => {
      await must(machine, course('cloud', `${await student('ada')}\n${await student('bob')}`))
      const dry = await bateau('--dry-run')
      expect(dry.code, dry.all).toBe(0)
      expect(dry.report).toMatchObject({
        server: 'gate',
        port: 2222,
        accounts: ['ada', 'bob', probeAccount],
        without_key: [],
      })
      expect(dry.report?.['would']).toHaveLength(6)
      expect((await shellAt('gate').run(['ls', jumpPaths.etc])).code).toBe(2)
    })

    it('lets the roster in, once', async () => {
      const made = await bateau()
      expect(made.code, made.all).toBe(0)
      expect(made.done).toEqual(
        ['owner', 'packages', 'ground', 'accounts', 'daemon', 'confirmed'].map((one) => `gate/jump/${one}`),
      )
      // The host key that bateau pinned: that of a jump host made anew is another.
      await must(machine, `cp ${home}/state/bateau/cloud/jump/known_hosts ${wayOf('gate', 'ada').knownHosts}`)
      expect((await through('gate', 'ada', insideAddresses(site).direct, 'id -un')).stdout).toBe('root\n')
      const again = await bateau()
      expect([again.code, again.done]).toEqual([0, []])
    })

    it('follows the roster', async () => {
      await must(machine, course('cloud', await student('ada')))
      const less = await bateau()
      expect([less.code, less.done]).toEqual([0, ['gate/jump/accounts']])
      expect([await isIn('gate', 'ada'), await isIn('gate', 'bob')]).toEqual([true, false])
    })

    it('leaves the jump host of another course alone', async () => {
      await must(machine, course('other', await student('bob')))
      const other = await bateau()
      expect([other.code, other.faults]).toEqual([1, ['jump-foreign']])
      const gone = await bateau('--remove', '--yes')
      expect([gone.code, gone.faults]).toEqual([1, ['jump-foreign']])
      expect([await isIn('gate', 'ada'), await isIn('gate', 'bob')]).toEqual([true, false])
    })

    it('goes when it is asked for, and not without', async () => {
      await must(machine, course('cloud', await student('ada')))
      expect((await bateau('--remove')).code).toBe(3)
      expect(await isIn('gate', 'ada')).toBe(true)
      const gone = await bateau('--remove', '--yes')
      expect(gone.code, gone.all).toBe(0)
      expect((await shellAt('gate').run(['ls', jumpPaths.etc])).code).toBe(2)
      expect(await adminOf('gate')).toBe(before.get('gate'))
    })
  })
})

/** The same steps with a word of the new sshd_config replaced. */
function spoilt(input: JumpInput, from: string, to: string): HostStep[] {
  return jumpSteps(input).map((step) => ({
    ...step,
    files: step.files.map((one) =>
      one.path.endsWith('wanted/sshd_config') ? { ...one, text: one.text.replace(from, to) } : one,
    ),
  }))
}
