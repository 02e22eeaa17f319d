import { expect, it } from 'vitest'
import { reference } from '../../core/secret.ts'
import { command, file, type HostStep, shell } from '../../core/step.ts'
import { masked, stepsText } from './steps.ts'

const step: HostStep = {
  id: 'openstack/keystone/sync',
  title: 'Keystone: database schema',
  because: 'Keystone keeps its users there',
  files: [
    file(
      '/etc/keystone/keystone.conf',
      `[database]\n\nconnection = mysql://k:${reference('keystone/db')}@[::1]/k`,
      '0640',
      'root:keystone',
    ),
  ],
  run: [
    { ...command('keystone-manage', 'db_sync'), idleSeconds: 300 },
    { ...command('mysql'), stdin: `SET PASSWORD = '${reference('keystone/db')}';\n` },
  ],
  verify: [shell('test -n "$(mysql -e \'show tables\')"')],
}

it('a step shows its files whole, its commands as they can be typed, and secrets as their names', () => {
  expect(stepsText('os1', [step])).toBe(
    `# os1: 1 step

## 1. Keystone: database schema  (openstack/keystone/sync)
   Keystone keeps its users there
file   /etc/keystone/keystone.conf  0640 root:keystone
     | [database]
     |
     | connection = mysql://k:‹secret keystone/db›@[::1]/k
run    keystone-manage db_sync   (given up after 300 s without a line)
run    mysql
     < SET PASSWORD = '‹secret keystone/db›';
verify sh -ec 'test -n "$(mysql -e '\\''show tables'\\'')"'`,
  )
})

it('no reference is left in a masked text', () => {
  expect(masked(`a ${reference('x')} b ${reference('y/z')}`)).toBe('a ‹secret x› b ‹secret y/z›')
})
