// Decides the SSH configuration of a hand-out: key, jump host, names of the instances that are known.
// Leaves the format to render/ssh-config, and who may pass the jump host to its accounts.
import type { Prefix } from '../core/prefix.ts'
import { type SshHost, sshConfig } from '../render/ssh-config.ts'
import { places } from './page/commands.ts'
import type { Sheet } from './page/sheet.ts'

export type Known = { name: string; address: string }

/** Nova takes any text for a name; only these are taken over, and none that another host could have. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/

/** `blocks` are where instances have their addresses; empty: anywhere. */
export function handoutSsh(sheet: Sheet, blocks: readonly Prefix[], instances: readonly Known[]): string {
  const at = places(sheet.course)
  const { jump, domain, boot } = sheet
  const key = sheet.key.kind === 'brought' ? {} : { IdentityFile: `~/${at.key}`, IdentitiesOnly: true }
  const trust = (file: string) => ({ UserKnownHostsFile: `~/${file}`, StrictHostKeyChecking: 'accept-new' })
  const instance = trust(at.knownHosts)
  const jumpName = `${sheet.course}-jump`
  const known = instances.filter(({ name }) => plainName.test(name) && name !== jumpName)
  const direct = (name: string) => `${name}-direct`
  const patterns = [
    ...known.map(({ name }) => name),
    ...(domain === null ? [] : [`*.${domain}`]),
    ...(blocks.length === 0 ? ['*:*'] : blocks.map(addressPattern)),
  ]
  const user = boot.user === null ? {} : { User: boot.user }
  const hosts: SshHost[] = [
    ...(jump === null
      ? []
      : [
          {
            host: jumpName,
            options: {
              HostName: jump.host,
              Port: jump.port,
              User: sheet.login,
              ...key,
              ...trust(at.jumpKeys),
            },
          },
        ]),
    ...known.map(({ name, address }) => ({
      host: jump === null ? name : `${name} ${direct(name)}`,
      options: { HostName: address },
    })),
    ...(jump === null || known.length === 0
      ? []
      : [
          {
            host: known.map(({ name }) => direct(name)).join(' '),
            options: { ...user, ...key, ...instance },
          },
        ]),
    {
      host: [...new Set(patterns)].join(' '),
      options: { ...user, ...(jump === null ? {} : { ProxyJump: jumpName }), ...key, ...instance },
    },
  ]
  const first = known[0]?.name ?? (domain === null ? 'ADDRESS' : `vm1.${domain}`)
  return [
    `# SSH of the course ${sheet.course}, for ${sheet.login}: ssh -F ~/${at.sshConfig} ${first}`,
    ...(jump === null
      ? []
      : [
          `# Everything goes through the jump host, from wherever you are${known.length > 0 ? `; ${direct(first)} does not` : ''}.`,
        ]),
    `# An instance was rebuilt, and SSH warns that its key changed? rm ~/${at.knownHosts}`,
    ...(jump === null
      ? []
      : [`# The key of the jump host is in ~/${at.jumpKeys}: if SSH warns of another, stop and ask.`]),
    '',
    sshConfig(hosts),
  ].join('\n')
}

/** The instances that a configuration made by handoutSsh names. */
export const knownIn = (text: string): Known[] =>
  [...text.matchAll(/^Host (\S+)(?: \S+-direct)?\n {2}HostName (\S+)\n(?! )/gm)].map(
    ([, name = '', address = '']) => ({ name, address }),
  )

/**
 * Matches the text of every address of the block (RFC 5952), and maybe of some beside it: the whole groups of its length,
 * up to the first that is zero, since zeros may be written `::`.
 */
export function addressPattern(block: Prefix): string {
  const groups = Array.from({ length: Math.floor(block.length / 16) }, (_, i) =>
    Number((block.network.bits >> BigInt(112 - 16 * i)) & 0xffffn),
  )
  const zero = groups.indexOf(0)
  const kept = zero < 0 ? groups : groups.slice(0, zero)
  return [...kept.map((group) => group.toString(16)), '*'].join(':').replace(/^\*$/, '*:*')
}
