import { describe, expect, it } from 'vitest'
import { references } from '../../core/secret.ts'
import type { Site } from '../../core/site.ts'
import type { HostStep } from '../../core/step.ts'
import { packagesEngine } from './engine.ts'
import { site } from './site.fixture.ts'

const variants: [string, Site][] = [
  ['user-space switch, QEMU', site()],
  ['kernel switch, KVM', site({ ovsKernel: true, kvm: true })],
  ['one core', site({ cores: 1 })],
  ['many cores', site({ cores: 32 })],
  ['a block of one /64', site({}, { transit: null, pool: null, tenants: [] })],
]

const texts = (step: HostStep) => [
  ...step.files.map((file) => file.text),
  ...[...step.run, ...step.verify].flatMap((command) => command.argv),
]
const at = (steps: readonly HostStep[], path: string) =>
  steps.flatMap((step) => step.files).find((file) => file.path === path)?.text ?? ''

describe.each(variants)('%s', (_, given) => {
  const steps = packagesEngine(given)

  it('every step has an id of its own', () => {
    const ids = steps.map((step) => step.id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('every step comes after steps that stand before it', () => {
    const seen = new Set<string>()
    for (const step of steps) {
      for (const id of step.after ?? []) expect(seen, `${step.id} after ${id}`).toContain(id)
      seen.add(step.id)
    }
  })

  it('the same plan twice is the same steps', () => {
    expect(packagesEngine(given)).toEqual(steps)
  })

  it('no secret stands in argv', () => {
    for (const step of steps)
      for (const command of [...step.run, ...step.verify])
        expect(references(command.argv.join('\n')), step.id).toEqual([])
  })

  it('a file that holds a secret is not for everybody to read', () => {
    const secret = steps.flatMap((step) => step.files).filter((file) => references(file.text).length > 0)
    expect(secret.length).toBeGreaterThan(5)
    for (const file of secret) {
      expect(file.mode, file.path).toMatch(/^06[04]0$/)
      expect(file.owner, file.path).toMatch(/^root:/)
    }
  })

  it('no two services share a secret', () => {
    const owners = new Map<string, Set<string>>()
    for (const file of steps.flatMap((step) => step.files))
      for (const name of references(file.text).filter((name) => !name.includes('rabbitmq')))
        owners.set(name, (owners.get(name) ?? new Set()).add(file.owner))
    for (const [name, who] of owners) expect([...who], name).toHaveLength(1)
  })

  it('a file that several steps install is the same in all of them', () => {
    const seen = new Map<string, string>()
    for (const file of steps.flatMap((step) => step.files)) {
      expect(seen.get(file.path) ?? file.text, file.path).toBe(file.text)
      seen.set(file.path, file.text)
    }
  })

  it('nothing listens beyond ::1 but the front on 443', () => {
    for (const file of steps.flatMap((step) => step.files)) {
      const found = [
        ...file.text.matchAll(
          /^\s*(?:http-socket|bind-address|bind_host|listeners\.tcp\.1|server_listen|novncproxy_host|-l|listen|ListenStream)(?:[ \t]*=[ \t]*|[ \t]+)(\S.*)$/gm,
        ),
      ].map((match) => match[1] ?? '')
      for (const value of found.filter((value) => !/^\d+$/.test(value)))
        expect(value, file.path).toMatch(/^(\[?::1\]?(:\d+)?|(\[::\]|0\.0\.0\.0):443 ssl( ipv6only=on)?;)$/)
    }
    for (const text of steps.flatMap(texts))
      for (const [, where] of text.matchAll(/\bp(?:tcp|ssl):\d+(?::(\S+?))?['\s]/g))
        expect(where).toBe('[::1]')
  })

  it('the uplink is named nowhere: it never becomes a port of a bridge', () => {
    for (const text of steps.flatMap(texts)) {
      expect(text).not.toMatch(/\beno1\b/)
      expect(text).not.toMatch(/\badd-port\b/)
    }
  })

  it('long commands are followed: apt, schemas, starts of services', () => {
    for (const command of steps.flatMap((step) => step.run))
      if (/apt-get|db[ _]sync|db-manage|systemctl restart/.test(command.argv.join(' ')))
        expect(command.idleSeconds, command.argv.join(' ')).toBeGreaterThan(0)
  })

  it('every unit that a step starts may start: its drop-in is installed by then', () => {
    const held = steps[0]?.files.map((file) => /system\/(.+)\.d\//.exec(file.path)?.[1] ?? '') ?? []
    const freed = new Set(
      steps
        .slice(1)
        .flatMap((step) => step.files.map((file) => /system\/(.+)\.d\/bateau\.conf$/.exec(file.path)?.[1])),
    )
    const started = steps
      .flatMap((step) => step.verify)
      .filter((command) => command.argv[1] === 'is-active')
      .map((command) => command.argv.at(-1) ?? '')
    expect(started.length).toBeGreaterThan(15)
    for (const unit of started.filter((unit) => held.includes(unit))) expect(freed, unit).toContain(unit)
  })

  it('what is verified is quick and changes nothing', () => {
    for (const command of steps.flatMap((step) => step.verify)) {
      expect(command.idleSeconds).toBeUndefined()
      expect(command.argv.join(' ')).not.toMatch(/restart|enable --|INSERT|UPDATE|DELETE|\brm\b|>\s*\/etc/)
    }
  })
})

describe('variants', () => {
  it('without openvswitch in the kernel OVS forwards itself, with whole segments, and OVN asks for no fragments', () => {
    const steps = packagesEngine(site())
    const run = steps.flatMap((step) => step.run.flatMap((command) => command.argv)).join(' ')
    expect(run).toContain('datapath_type=netdev')
    expect(run).toContain('userspace-tso-enable="true"')
    expect(at(steps, '/etc/neutron/plugins/ml2/ml2_conf.ini')).toContain('ovn_emit_need_to_frag = false')
  })

  it('with openvswitch in the kernel the kernel forwards', () => {
    const steps = packagesEngine(site({ ovsKernel: true }))
    const run = steps.flatMap((step) => step.run.flatMap((command) => command.argv)).join(' ')
    expect(run).toContain('datapath_type=system')
    expect(run).toContain('userspace-tso-enable="false"')
    expect(at(steps, '/etc/neutron/plugins/ml2/ml2_conf.ini')).toContain('ovn_emit_need_to_frag = true')
  })

  it('KVM where it opens, else QEMU', () => {
    const compute = '/etc/nova/nova-compute.conf'
    expect(at(packagesEngine(site({ kvm: true })), compute)).toContain('virt_type = kvm')
    expect(at(packagesEngine(site({ kvm: false })), compute)).toContain('virt_type = qemu')
  })

  it('KVM is tried with a guest before Nova relies on it; without KVM nothing is tried', () => {
    const tried = (kvm: boolean) =>
      packagesEngine(site({ kvm }))
        .find((step) => step.id === 'openstack/compute')
        ?.run.findIndex((command) => command.argv.join(' ').includes('-accel kvm'))
    expect(tried(true)).toBe(0)
    expect(tried(false)).toBe(-1)
  })

  it('the transit bridge carries the MTU of tenant networks', () => {
    const argv = packagesEngine(site()).flatMap((step) => step.run.flatMap((command) => command.argv))
    expect(argv).toContain('mtu_request=1402')
    expect(at(packagesEngine(site()), '/etc/neutron/neutron.conf')).toContain('global_physnet_mtu = 1500')
  })

  it('a block of one /64 has neither transit bridge nor transit physnet', () => {
    const steps = packagesEngine(site({}, { transit: null, pool: null, tenants: [] }))
    expect(steps.flatMap(texts).join('\n')).not.toContain('br-transit')
    expect(at(steps, '/etc/neutron/plugins/ml2/ml2_conf.ini')).toContain('flat_networks = public\n')
  })

  it('Neutron gets two workers as soon as there are two cores', () => {
    const processes = (cores: number) =>
      /processes = (\d+)/.exec(at(packagesEngine(site({ cores })), '/etc/bateau/uwsgi/neutron-api.ini'))?.[1]
    expect([1, 2, 4, 32].map(processes)).toEqual(['1', '2', '4', '4'])
  })

  it('only what runs without eventlet talks to the database through C, which would stop green threads', () => {
    const steps = packagesEngine(site())
    const driver = (path: string) => /mysql\+(\w+):/.exec(at(steps, path))?.[1]
    expect(driver('/etc/neutron/bateau-api.conf')).toBe('mysqldb')
    for (const path of ['/etc/neutron/neutron.conf', '/etc/nova/nova.conf', '/etc/keystone/keystone.conf'])
      expect(driver(path), path).toBe('pymysql')
    expect(at(steps, '/etc/bateau/uwsgi/neutron-api.ini')).toContain(
      '--config-file=/etc/neutron/bateau-api.conf\n',
    )
    expect(at(steps, '/etc/systemd/system/neutron-ovn-maintenance-worker.service')).not.toContain(
      'bateau-api',
    )
  })

  it('Keystone has processes and never threads, which give one the roles of another', () => {
    for (const cores of [1, 2, 64]) {
      const text = at(packagesEngine(site({ cores })), '/etc/bateau/uwsgi/keystone.ini')
      expect(text).toContain('threads = 1\n')
      expect(text).toMatch(/^processes = [24]$/m)
    }
  })

  it('ovn-northd rests between two computations, and for less than a port may be late', () => {
    const ovn = packagesEngine(site()).find(({ id }) => id === 'openstack/ovn')!
    const argv = ovn.run.map((command) => command.argv.join(' ')).find((one) => one.includes('backoff'))
    expect(argv).toMatch(/^ovn-nbctl --timeout=30 set NB_Global \. options:northd-backoff-interval-ms=\d+$/)
    expect(Number(argv?.split('=').at(-1))).toBeLessThan(500)
  })

  it('Nova never gets more than one thread a process', () => {
    for (const cores of [1, 2, 64])
      expect(at(packagesEngine(site({ cores })), '/etc/bateau/uwsgi/nova-api.ini')).toContain('threads = 1\n')
  })

  it('the catalogue: public through the front, internal and admin on loopback', () => {
    const step = packagesEngine(site()).find((step) => step.id === 'openstack/identities')
    const wanted = JSON.parse(step?.run.find((command) => command.argv[0] === 'python3')?.stdin ?? '{}')
    const urls = Object.fromEntries(
      wanted.services.map((service: { type: string; endpoints: object }) => [
        service.type,
        service.endpoints,
      ]),
    )
    const front = 'https://[2001:db8:0:1100::1]'
    expect(urls).toEqual({
      identity: {
        public: `${front}/identity/v3`,
        internal: 'http://[::1]:5000/v3',
        admin: 'http://[::1]:5000/v3',
      },
      placement: {
        public: `${front}/placement`,
        internal: 'http://[::1]:8778',
        admin: 'http://[::1]:8778',
      },
      image: { public: `${front}/image`, internal: 'http://[::1]:9292', admin: 'http://[::1]:9292' },
      compute: {
        public: `${front}/compute/v2.1`,
        internal: 'http://[::1]:8774/v2.1',
        admin: 'http://[::1]:8774/v2.1',
      },
      network: { public: `${front}/network`, internal: 'http://[::1]:9696', admin: 'http://[::1]:9696' },
    })
  })
})
