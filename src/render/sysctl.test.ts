// Holds kernel parameters to keys that sysctl(8) and systemd-sysctl(8) read alike.
import { expect, it } from 'vitest'
import { sysctlFile, sysctlKey } from './sysctl.ts'

it('keeps an interface name with a dot in one part', () => {
  const parameter = { path: ['net', 'ipv6', 'conf', 'eno1.100', 'accept_ra'], value: 0, why: 'x' }
  expect(sysctlKey(parameter)).toBe('net/ipv6/conf/eno1.100/accept_ra')
})

it('marks what may be absent, and says why before each', () => {
  const file = sysctlFile(
    '/etc/sysctl.d/60-x.conf',
    ['Head.'],
    [
      { path: ['net', 'a'], value: 1, why: 'first' },
      { path: ['net', 'b'], value: 0, why: 'second', absentIsFine: true },
    ],
  )
  expect(file.text).toBe('# Head.\n\n# first\nnet/a = 1\n\n# second\n-net/b = 0\n')
})
