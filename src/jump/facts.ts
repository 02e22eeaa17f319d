// Decides what is read on a server before it becomes the jump host.
// Leaves what follows from it to sshd and filter.
import { isIP } from 'node:net'
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import type { JumpFacts } from './input.ts'

/** `ssh -V` tells the version of both: they are of one source. resolv.conf(5) names whom to ask. */
const script = `LC_ALL=C ssh -V 2>&1; sed -n 's/^nameserver[[:space:]]*/nameserver /p' /etc/resolv.conf 2>/dev/null; true`

/** Throws Trouble `no-openssh`, and as the shell. */
export async function readJumpFacts(shell: Shell): Promise<JumpFacts> {
  const { code, stdout, stderr } = await shell.run(['sh', '-c', script], { timeout: 20_000 })
  const [, major, minor] = /^OpenSSH_(\d+)\.(\d+)/m.exec(stdout) ?? []
  if (major === undefined || minor === undefined)
    throw new Trouble({
      code: 'no-openssh',
      title: `${shell.name} has no OpenSSH that says its version`,
      why: (code === 0 ? stdout : stderr).trim().split('\n')[0] || 'ssh -V printed nothing',
      fix: `on ${shell.name}: apt-get install openssh-server openssh-client`,
      host: shell.name,
    })
  const named = [...stdout.matchAll(/^nameserver (\S+)/gm)].map(([, address = '']) => address)
  return {
    openssh: [Number(major), Number(minor)],
    resolvers: [...new Set(named.filter((one) => !one.includes('%') && isIP(one) !== 0))],
  }
}
