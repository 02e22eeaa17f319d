import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { localShell } from '../host/spawn.ts'
import { sshConfig } from './ssh-config.ts'

const text = sshConfig([
  {
    host: 'proof-direct',
    options: {
      HostName: '2001:2::5',
      User: 'root',
      IdentityFile: '/home/a teacher/id',
      IdentitiesOnly: true,
      Port: 22,
    },
  },
  { host: '*', options: { ServerAliveInterval: 15 } },
])

it('is written as ssh_config(5) has it', () => {
  expect(text).toBe(`Host proof-direct
  HostName 2001:2::5
  User root
  IdentityFile "/home/a teacher/id"
  IdentitiesOnly yes
  Port 22

Host *
  ServerAliveInterval 15
`)
})

it('ssh itself reads it so', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'bateau-ssh-'))
  try {
    await writeFile(join(dir, 'config'), text)
    const said = await localShell().run(['ssh', '-G', '-F', join(dir, 'config'), 'proof-direct'])
    expect(said.stdout).toMatch(/^hostname 2001:2::5$/m)
    expect(said.stdout).toMatch(/^identityfile \/home\/a teacher\/id$/m)
    expect(said.stdout).toMatch(/^serveraliveinterval 15$/m)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
})

it.each(['a\nProxyCommand x', 'a"b', ''])('refuses %j, which the format cannot hold', (value) => {
  expect(() => sshConfig([{ host: 'h', options: { User: value } }])).toThrow(RangeError)
})
