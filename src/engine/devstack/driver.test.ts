// The program itself, run by the real perl with small scripts in the place of stack.sh.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { spawnRun } from '../../host/spawn.ts'
import { driverScript } from './driver-script.ts'
import { failures } from './failures.ts'
import { noReturn, phases, typicalSeconds } from './phases.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bateau-driver-'))
  mkdirSync(join(dir, 'logs'))
  writeFileSync(join(dir, 'driver'), driverScript)
  writeFileSync(join(dir, 'local.conf'), 'ADMIN_PASSWORD=a')
  configure({})
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

function configure(more: Record<string, unknown>) {
  const drive = {
    release: '2026.1',
    checkout: dir,
    conf: join(dir, 'local.conf'),
    log: join(dir, 'logs/stack.sh.log'),
    memory: join(dir, 'memory'),
    stack: ['./stack.sh'],
    clear: ['./unstack.sh'],
    phases,
    typical: typicalSeconds,
    no_return: noReturn,
    idle_seconds: 60,
    every_seconds: 1,
    quiet: [],
    own: 'bateau-no-such@*.service',
    units: [],
    failures: failures.map(({ code, pattern, again }) => ({ code, pattern, again: again ? 1 : 0 })),
    ...more,
  }
  writeFileSync(join(dir, 'drive.json'), JSON.stringify(drive))
}

function script(name: string, text: string) {
  writeFileSync(join(dir, name), `#!/bin/bash\n${text}\n`)
  chmodSync(join(dir, name), 0o755)
}

const drive = async (mode: string, stdin?: string) => {
  const argv = ['perl', join(dir, 'driver'), mode, join(dir, 'drive.json')] as const
  const ran = await spawnRun([...argv], stdin === undefined ? {} : { stdin })
  return { code: ran.code, lines: ran.stdout.split('\n').filter((line) => line !== ''), err: ran.stderr }
}
const marks = (lines: readonly string[]) => lines.filter((line) => line.startsWith('=='))
const memory = (name: string) => JSON.parse(readFileSync(join(dir, 'memory', name), 'utf8')) as unknown
/** How often stack.sh was begun. */
const count = 'echo x >> begun'
const begun = () => readFileSync(join(dir, 'begun'), 'utf8').trim().split('\n').length

describe('a stack.sh that comes to its end', () => {
  it('is told by its phases, remembered with how long each took, and not begun a second time', async () => {
    script(
      'stack.sh',
      `${count}
echo "2026-11-25 15:37:53.339 | Installing package prerequisites"
echo "2026-11-25 15:39:43.221 | Starting Keystone"
echo "2026-11-25 15:39:43.221 | Starting RabbitMQ"
echo "2026-11-25 15:45:42.004 | stack.sh completed in 473 seconds."`,
    )
    const first = await drive('run')
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(marks(first.lines)).toEqual([
      `==part 0 ${phases.length}`,
      `==part ${phases.indexOf('Starting Keystone')} ${phases.length}`,
    ])
    expect(memory('stacked.json')).toMatchObject({ release: '2026.1' })
    expect(Object.keys(memory('phases.json') as object).toSorted()).toEqual([
      'Installing package prerequisites',
      'Starting Keystone',
    ])
    const second = await drive('run')
    expect(second.code).toBe(0)
    expect(second.lines.join('\n')).toContain('stacked already: 2026.1')
    expect(begun()).toBe(1)
  })

  it('is in one phase at a time, although each line comes twice and some begin like others', async () => {
    script(
      'stack.sh',
      `echo x > logs/one.log; ln -sf one.log logs/stack.sh.log
for phase in 'Starting Nova API' 'Starting OVN services' 'Starting Nova'; do
  echo "2026-11-25 15:37:53.339 | $phase" | tee -a logs/one.log; sleep 1
done`,
    )
    const at = (phase: string) => `==part ${phases.indexOf(phase)} ${phases.length}`
    expect(marks((await drive('run')).lines)).toEqual(
      ['Starting Nova API', 'Starting OVN services', 'Starting Nova'].map(at),
    )
  })

  it('is begun anew when that is asked for, after what is there was cleared', async () => {
    script('stack.sh', count)
    script('unstack.sh', 'echo cleared > cleared')
    await drive('run')
    expect(existsSync(join(dir, 'cleared'))).toBe(false)
    expect((await drive('ask')).code).toBe(0)
    expect(begun()).toBe(1)
    expect((await drive('run')).code).toBe(0)
    expect(begun()).toBe(2)
    expect(existsSync(join(dir, 'cleared'))).toBe(true)
    await drive('run')
    expect(begun()).toBe(2)
  })

  it('stays when it was asked to be begun anew and that was taken back before it began', async () => {
    script('stack.sh', count)
    script('unstack.sh', 'true')
    await drive('run')
    await drive('ask')
    await drive('keep')
    await drive('run')
    expect(begun()).toBe(1)
  })

  it('is still begun anew when it was cut after it had begun to clear', async () => {
    script('stack.sh', count)
    script('unstack.sh', 'kill -KILL $PPID; sleep 1')
    await drive('run')
    await drive('ask')
    expect((await drive('run')).code).not.toBe(0)
    script('unstack.sh', 'true')
    await drive('keep')
    expect((await drive('run')).code).toBe(0)
    expect(begun()).toBe(2)
  })

  it('says when local.conf has changed since, and stays', async () => {
    script('stack.sh', count)
    expect((await drive('note')).lines).toEqual([])
    await drive('run')
    expect((await drive('note')).lines).toEqual([])
    writeFileSync(join(dir, 'local.conf'), 'ADMIN_PASSWORD=b')
    expect((await drive('note')).lines.join('\n')).toContain('another local.conf')
    await drive('run')
    expect(begun()).toBe(1)
  })

  it('tells the function that is at work, and none of its arguments', async () => {
    script(
      'stack.sh',
      `echo "x" > logs/one.log; ln -sf one.log logs/stack.sh.log
echo "+ lib/nova:init_nova:771                   :   mysql -uroot -psecret" >> logs/one.log
sleep 3`,
    )
    const ran = await drive('run')
    expect(ran.lines.join('\n')).toContain('lib/nova:init_nova')
    expect(ran.lines.join('\n')).not.toContain('secret')
  })

  it('never reads the log that an earlier run left', async () => {
    writeFileSync(join(dir, 'logs/old.log'), '+ lib/glance:old_one:1 : x\n')
    script('stack.sh', 'sleep 2')
    await spawnRun(['ln', '-s', 'old.log', join(dir, 'logs/stack.sh.log')])
    expect((await drive('run')).lines.join('\n')).not.toContain('old_one')
  })
})

describe('a stack.sh that fails', () => {
  it('for a cause that passes is begun once more by itself', async () => {
    script(
      'stack.sh',
      `${count}
echo "2026-11-25 15:37:53.339 | Installing package prerequisites"
if [ "$(wc -l < begun)" = 1 ]; then echo "E: Failed to fetch http://deb.example/x.deb  503"; exit 100; fi`,
    )
    const ran = await drive('run')
    expect(ran.code).toBe(0)
    expect(ran.lines).toContain('trying once more: devstack-packages-unreachable')
    expect(begun()).toBe(2)
  })

  it('twice is told, with the lines that show it', async () => {
    script('stack.sh', `${count}; echo "E: Failed to fetch http://deb.example/x.deb  503"; exit 100`)
    const ran = await drive('run')
    expect(ran.code).toBe(1)
    expect(begun()).toBe(2)
    expect(marks(ran.lines)).toEqual([
      '==seen E: Failed to fetch http://deb.example/x.deb  503',
      '==fault devstack-packages-unreachable',
    ])
  })

  it('once OVN has been started is not begun again by itself, and cleared before a person begins it again', async () => {
    script(
      'stack.sh',
      `${count}
echo "${noReturn}"
if [ "$(wc -l < begun)" = 1 ]; then echo "fatal: unable to access 'https://git.example/': Could not resolve host"; exit 128; fi`,
    )
    script('unstack.sh', 'echo cleared > cleared')
    const ran = await drive('run')
    expect(ran.code).toBe(1)
    expect(begun()).toBe(1)
    expect(ran.lines).toContain('==fault devstack-git-unreachable')
    expect(memory('attempt.json')).toEqual({ phase: noReturn })
    expect((await drive('run')).code).toBe(0)
    expect(existsSync(join(dir, 'cleared'))).toBe(true)
    expect(existsSync(join(dir, 'memory/attempt.json'))).toBe(false)
  })

  it('for an unknown cause shows its last words and not its trace', async () => {
    script(
      'stack.sh',
      'echo "2026-11-25 15:37:53.339 | + lib/x:y:1 : z"; echo "the cat sat on the keyboard"; exit 3',
    )
    expect(marks((await drive('run')).lines)).toEqual([
      '==seen the cat sat on the keyboard',
      '==fault devstack-unknown',
    ])
  })

  it('in a file of its own, which only DevStack knows, is found there', async () => {
    script(
      'stack.sh',
      'echo "[ERROR] /opt/stack/devstack/lib/neutron_plugins/ovn_agent:188 Socket /var/run/ovn/ovnnb_db.sock not found" > logs/error.log; exit 1',
    )
    expect((await drive('run')).lines).toContain('==fault devstack-ovn-sockets')
    script('stack.sh', 'exit 1')
    expect((await drive('run')).lines).toContain('==fault devstack-unknown')
  })

  it('when it says nothing is stopped with all that it has started, in sessions of their own as well', async () => {
    configure({ idle_seconds: 2 })
    script('stack.sh', `${count}; echo "Starting Keystone"; setsid sleep 987654 & setsid -w sleep 987655`)
    const ran = await drive('run')
    expect(ran.code).toBe(1)
    expect(ran.lines).toContain('==fault devstack-silent')
    expect((await spawnRun(['pgrep', '-f', 'sleep 98765'])).stdout.trim()).toBe('')
  })

  it('when it hangs in a download is begun once more', async () => {
    configure({ idle_seconds: 2 })
    script(
      'stack.sh',
      `${count}
if [ "$(wc -l < begun)" = 1 ]; then echo "+ inc/python:pip_install:205 : pip install"; sleep 987654; fi`,
    )
    const ran = await drive('run')
    expect(ran.code).toBe(0)
    expect(ran.lines).toContain('trying once more: devstack-silent-download')
  })

  it('is told apart when a signal ended it', async () => {
    script('stack.sh', 'kill -KILL $$')
    expect(marks((await drive('run')).lines)).toEqual(['==seen signal 9', '==fault devstack-killed'])
  })

  it('two at once: the second is refused', async () => {
    script('stack.sh', 'sleep 3')
    const first = drive('run')
    await expect.poll(() => existsSync(join(dir, 'memory/stack.out')), { timeout: 10_000 }).toBe(true)
    expect((await drive('run')).lines).toContain('==fault devstack-busy')
    expect((await first).code).toBe(0)
  })
})

/** What each cause looks like in a log: lines of the tools themselves. */
const seen: readonly [code: string, line: string][] = [
  ['devstack-distribution', 'WARNING: this script has not been tested on sid'],
  ['devstack-disk-full', "OSError: [Errno 28] No space left on device: '/opt/stack/nova'"],
  ['devstack-memory', 'Out of memory: Killed process 4242 (mariadbd) total-vm:1x'],
  [
    'devstack-dpkg-lock',
    'E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (unattended-upgr)',
  ],
  [
    'devstack-packages-unreachable',
    'E: Failed to fetch http://deb.example/pool/x.deb  503  Service Unavailable',
  ],
  [
    'devstack-packages-unreachable',
    "[ERROR] /opt/stack/devstack/functions-common:1100 Failed to update apt repos, we're dead now",
  ],
  ['devstack-package-unknown', 'E: Unable to locate package python3-libvirt'],
  ['devstack-branch-gone', 'fatal: Remote branch stable/2024.1 not found in upstream origin'],
  [
    'devstack-git-unreachable',
    "fatal: unable to access 'https://opendev.example/openstack/nova.git/': Could not resolve host: opendev.example",
  ],
  ['devstack-git-unreachable', '[Call Trace] Maximum of 3 git retries reached'],
  ['devstack-git-unreachable', "fatal: '/srv/git/openstack/nova.git' does not appear to be a git repository"],
  [
    'devstack-pip-editable',
    'DEPRECATION: Legacy editable install of nova from file:///opt/stack/nova (setup.py develop) is deprecated'.replace(
      'Legacy',
      'legacy',
    ),
  ],
  ['devstack-pkg-resources', "ModuleNotFoundError: No module named 'pkg_resources'"],
  [
    'devstack-distutils',
    'error: uninstall-no-record-file × Cannot uninstall PyYAML 6.0.2 ╰─> The package has no RECORD file: no RECORD file was found for PyYAML.',
  ],
  [
    'devstack-pip-conflict',
    'ERROR: ResolutionImpossible: for help visit https://pip.pypa.io/en/latest/topics/dependency-resolution/',
  ],
  [
    'devstack-pip-unreachable',
    "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError(...)': /simple/pbr/",
  ],
  ['devstack-pip-lacks', 'ERROR: No matching distribution found for oslo.config===9.7.1'],
  ['devstack-mixed-branches', 'oslo_config.cfg.NoSuchOptError: no such option ovn in group [DEFAULT]'],
  ['devstack-zswap', 'sh: 1: echo: echo: I/O error: /sys/module/zswap/parameters/zpool: Invalid argument'],
  ['devstack-ksm', 'tee: /sys/kernel/mm/ksm/run: Read-only file system'],
  ['devstack-path-permissions', '[ERROR] /opt/stack/devstack/functions:601 Invalid path permissions'],
  [
    'devstack-host-address',
    '[ERROR] /opt/stack/devstack/stackrc:820 Could not determine host ip address.  See local.conf for suggestions on setting HOST_IP.',
  ],
  ['devstack-sudo', 'sudo: a password is required'],
  [
    'devstack-database-login',
    "ERROR 1045 (28000): Access denied for user 'root'@'localhost' (using password: YES)",
  ],
  ['devstack-queue', '[ERROR] /opt/stack/devstack/lib/rpc_backend:86 Failed to set rabbitmq password'],
  [
    'devstack-ovn-sockets',
    '[ERROR] /opt/stack/devstack/lib/neutron_plugins/ovn_agent:188 Socket /var/run/ovn/ovnnb_db.sock not found',
  ],
  ['devstack-libvirt-group', "usermod: group 'libvirt' does not exist"],
  [
    'devstack-apparmor',
    'AppArmor parser error for /etc/apparmor.d/podman in profile /etc/apparmor.d/podman at line 3',
  ],
  ['devstack-compute-unregistered', "Didn't find service registered by hostname after 60 seconds"],
  ['devstack-image', 'Not found: http://images.example/debian-13.qcow2'],
  [
    'devstack-migration',
    "sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (2013, 'Lost connection to MySQL server during query')",
  ],
  ['devstack-service-silent', '[ERROR] /opt/stack/devstack/lib/keystone:571 keystone did not start'],
]

describe('the catalogue', () => {
  it.each(seen)('%s is told by: %s', async (code, line) => {
    const before =
      'an ordinary line\n2026-11-25 15:37:53.339 | + functions-common:git_timed:596 : git clone\n'
    const { lines } = await drive('why', `${before}2026-11-25 15:37:53.339 | ${line}\n`)
    expect(lines[0]).toBe(code)
  })

  it('has a line above for each of its failures, none twice, and each says what to do', () => {
    const codes = failures.map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
    expect(codes.filter((code) => !seen.some(([one]) => one === code))).toEqual([])
    for (const { title, why, fix } of failures)
      for (const text of [title, why, fix]) expect(text.length).toBeGreaterThan(15)
  })

  it('is silent about a log in which nothing is wrong', async () => {
    const log = [
      'Starting Keystone',
      "2026-11-25 15:45:02.475 | + lib/neutron:start_neutron_service_and_check:660 : test_with_retry 'wget -q -O- http://[::1]/networking' 'Neutron did not start' 60",
      "Unable to establish connection to http://localhost:5000/v3/auth/tokens: HTTPConnectionPool(host='localhost', port=5000): Max retries exceeded with url: /v3/auth/tokens",
      'Successfully installed pbr-7.0',
    ].join('\n')
    expect((await drive('why', log)).lines).toEqual([])
  })
})
