// Holds the way through a jump host to what ssh makes of it: a ProxyCommand that passes another shell, a log-in told from a refusal.
import { expect, it } from 'vitest'
import type { Shell } from '../core/shell.ts'
import { authenticates, hopArgv, hopCommand, type JumpWay } from './jump-way.ts'

const way: JumpWay = {
  address: 'jump.course.example',
  port: 2222,
  user: 'ada',
  identityFile: "/home/ada's keys/100%/id",
  knownHosts: '/home/ada/known_hosts',
  ipv4: true,
}

it('leads on to whatever the outer ssh is for, tokens left to it and nothing else', () => {
  const command = hopCommand(way)
  expect(command).toMatch(/ -W '\[%h\]:%p' jump\.course\.example$/)
  expect(command).toContain('/100%%/id')
  expect(command.replaceAll('%%', '').match(/%./g)).toEqual(['%h', '%p'])
})

it('minds no configuration of the user, and asks nobody', () => {
  expect(hopArgv(way, '[::1]:9').slice(0, 4)).toEqual(['ssh', '-F', 'none', '-4'])
  expect(hopArgv({ ...way, ipv4: false }, '[::1]:9')).not.toContain('-4')
  expect(hopArgv(way, '[::1]:9')).toContain('BatchMode=yes')
})

it.each([
  [
    'Authenticated to jump.course.example ([192.0.2.1]:2222) using "publickey".\nchannel 0: open failed: x',
    true,
  ],
  ['ada@jump.course.example: Permission denied (publickey).', false],
  ['', false],
])('reads %j', async (stderr, isIn) => {
  const place: Shell = { name: 'x', run: () => Promise.resolve({ code: 255, stdout: '', stderr }) }
  expect((await authenticates(place, way)).in).toBe(isIn)
})
