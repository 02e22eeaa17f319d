// Decides what a provider's installer leaves on a server: name, IPv4, host key, the customer's SSH key, package sources.
// Leaves the rest of the system to recipe; nothing here knows of bateau's deployment.
import type { RenderedFile } from '../core/step.ts'
import { file } from '../core/step.ts'
import { type RehearsalWorld, type RehearsedServer, uplinkCard } from './world.ts'

export type ProviderKeys = {
  /** Public key lines that root accepts. */
  authorized: string
  host: { private: string; public: string }
}
export type Archive = { main: string; security: string | null }

/** Files over the base image. Owner is root throughout. */
export function providerImage(
  world: RehearsalWorld,
  server: RehearsedServer,
  machineId: string,
  keys: ProviderKeys,
  archive: Archive,
): RenderedFile[] {
  const { name, release, uplinkManager } = server
  const proxy = `http://${world.internet.ipv4}:${world.internet.port}`
  return [
    file('/etc/hostname', name),
    file('/etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${name}\n::1 localhost ip6-localhost ip6-loopback`),
    file('/etc/machine-id', machineId),
    uplinkManager === 'networkd'
      ? file('/etc/netplan/50-provider.yaml', netplan(server), '0600')
      : file('/etc/network/interfaces', interfaces(server)),
    file('/root/.ssh/authorized_keys', keys.authorized, '0600'),
    file('/etc/ssh/ssh_host_ed25519_key', keys.host.private, '0600'),
    file('/etc/ssh/ssh_host_ed25519_key.pub', keys.host.public),
    file('/etc/apt/sources.list.d/debian.sources', sources(release, archive)),
    file('/etc/apt/apt.conf.d/90provider-proxy', `Acquire::http::Proxy "${proxy}";`),
  ]
}

function netplan({ ipv4 }: RehearsedServer): string {
  return `network:
  version: 2
  renderer: networkd
  ethernets:
    ${uplinkCard}:
      addresses: [${ipv4.address}/${ipv4.length}]
      routes:
        - to: default
          via: ${ipv4.gateway}
      accept-ra: true
`
}

/** interfaces(5), as Debian's installer writes it: IPv4 fixed, IPv6 as the kernel hears it announced. */
function interfaces({ ipv4 }: RehearsedServer): string {
  return `auto lo
iface lo inet loopback

auto ${uplinkCard}
iface ${uplinkCard} inet static
  address ${ipv4.address}/${ipv4.length}
  gateway ${ipv4.gateway}
iface ${uplinkCard} inet6 auto
`
}

/** Always http: the mirror daemon goes on by https where the machine's own apt does. */
function sources(release: string, archive: Archive): string {
  const stanza = (uri: string, suites: string) => `Types: deb
URIs: ${uri.replace(/^https:/, 'http:')}
Suites: ${suites}
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`
  return [
    stanza(archive.main, `${release} ${release}-updates`),
    ...(archive.security === null ? [] : [stanza(archive.security, `${release}-security`)]),
  ].join('\n')
}
