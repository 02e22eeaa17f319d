// Holds what goes to a machine of somebody else: OpenSSH itself says what it would do with the user's own configuration.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { sshArgv } from './ssh.ts'

const dir = mkdtempSync(join(tmpdir(), 'bateau-ssh-'))
afterAll(() => rmSync(dir, { recursive: true }))

const settings = (stranger: boolean) => {
  const config = join(dir, 'config')
  writeFileSync(config, 'Host *\n  ForwardAgent yes\n  ForwardX11 yes\n')
  const target = {
    name: 'vm1',
    address: '2001:db8::1',
    user: 'root',
    port: 22,
    knownHostsFile: join(dir, 'k'),
  }
  const [ssh, ...rest] = sshArgv({ ...target, stranger }, dir)
  return execFileSync(ssh, ['-G', '-F', config, ...rest], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => /^forward(agent|x11) /.test(line))
    .toSorted()
}

it("gives a student's instance neither the agent nor the display, whatever the user's ssh_config has", () => {
  expect(settings(true)).toEqual(['forwardagent no', 'forwardx11 no'])
})

it('leaves both to the user where the machine is the course’s own', () => {
  expect(settings(false)).toEqual(['forwardagent yes', 'forwardx11 yes'])
})
