import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { providerImage } from './provider-image.ts'
import { worldOf } from './sample-world.ts'

const world = worldOf()
const [server] = world.servers
if (!server) throw new Error('the sample has servers')
const keys = {
  authorized: 'ssh-ed25519 AAAA course\n',
  host: { private: 'PRIVATE\n', public: 'ssh-ed25519 BBBB\n' },
}
const image = (security: string | null = 'https://near.example.org/security') =>
  providerImage(world, server, 'ab'.repeat(16), keys, { main: 'https://near.example.org/debian', security })
const text = (path: string, files = image()) => files.find((file) => file.path === path)?.text ?? ''

it('netplan gives IPv4 and leaves IPv6 to announcements: nothing of the block, as a provider leaves it', () => {
  expect(parse(text('/etc/netplan/50-provider.yaml'))).toEqual({
    network: {
      version: 2,
      renderer: 'networkd',
      ethernets: {
        eno1: {
          addresses: ['198.18.0.10/24'],
          routes: [{ to: 'default', via: '198.18.0.1' }],
          'accept-ra': true,
        },
      },
    },
  })
})

it('ifupdown is given the same in its own words, and netplan nothing', () => {
  const files = providerImage(world, { ...server, uplinkManager: 'ifupdown' }, 'ab'.repeat(16), keys, {
    main: 'https://near.example.org/debian',
    security: null,
  })
  expect(text('/etc/network/interfaces', files)).toMatch(
    /iface eno1 inet static\n {2}address 198\.18\.0\.10\/24\n {2}gateway 198\.18\.0\.1\niface eno1 inet6 auto\n/,
  )
  expect(files.filter(({ path }) => path.includes('netplan'))).toEqual([])
})

it('nothing but the host key and netplan is closed to others, as sshd and netplan ask', () => {
  const closed = image().flatMap(({ path, mode }) => (mode === '0600' ? [path] : []))
  expect(closed).toEqual([
    '/etc/netplan/50-provider.yaml',
    '/root/.ssh/authorized_keys',
    '/etc/ssh/ssh_host_ed25519_key',
  ])
})

it('packages come by http through the mirror in the internet, also where this machine uses https', () => {
  expect(text('/etc/apt/sources.list.d/debian.sources')).toMatch(
    /^URIs: http:\/\/near\.example\.org\/debian$/m,
  )
  expect(text('/etc/apt/apt.conf.d/90provider-proxy')).toBe(
    'Acquire::http::Proxy "http://198.19.255.2:3142";\n',
  )
})

it('the security archive is named where the machine has one, only there', () => {
  const suites = (files: ReturnType<typeof image>) =>
    [...text('/etc/apt/sources.list.d/debian.sources', files).matchAll(/^Suites: (.*)$/gm)].map(
      ([, names]) => names,
    )
  expect(suites(image())).toEqual(['trixie trixie-updates', 'trixie-security'])
  expect(suites(image(null))).toEqual(['trixie trixie-updates'])
})

it('nothing in it tells of the DUID', () => {
  expect(JSON.stringify(image())).not.toContain('de:ad')
})
