// Holds the reading of ss(8), and who counts as exposed.
import { describe, expect, it } from 'vitest'
import type { Shell } from '../../core/shell.ts'
import { site } from '../../delivery/site.fixture.ts'
import { listenersProbe, onLoopback, readListeners } from './listeners.ts'

const healthy = `LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=1,fd=6))
LISTEN 0 128 [::]:22 [::]:* users:(("sshd",pid=1,fd=7))
LISTEN 0 80 [::1]:3306 [::]:* users:(("mariadbd",pid=2,fd=8))
LISTEN 0 4096 127.0.0.53%lo:53 0.0.0.0:* users:(("systemd-resolve",pid=3,fd=9))
LISTEN 0 4096 [fe80::1%eno1]:5355 [::]:*
`
const shellThatPrints = (stdout: string): Shell => ({
  name: 'os1',
  run: async () => ({ code: 0, stdout, stderr: '' }),
})

describe('listeners', () => {
  it('are read with address, port and process', () => {
    expect(
      readListeners(healthy).map(({ address, port, process }) => `${address} ${port} ${process}`),
    ).toEqual([
      '0.0.0.0 22 sshd',
      '[::] 22 sshd',
      '[::1] 3306 mariadbd',
      '127.0.0.53%lo 53 systemd-resolve',
      '[fe80::1%eno1] 5355 ?',
    ])
  })

  it('on the loopback reach nobody else', () => {
    const yes = ['127.0.0.1', '[::1]', '127.0.0.53%lo', '[::ffff:127.0.0.1]']
    const no = ['0.0.0.0', '[::]', '*', '[2001:2::1]', '[::ffff:198.18.0.1]']
    const on = (address: string) => onLoopback({ address, port: 1, process: 'x' })
    expect(yes.filter(on)).toEqual(yes)
    expect(no.filter(on)).toEqual([])
  })

  it('of the control plane on the loopback are well', async () => {
    expect((await listenersProbe(site, shellThatPrints(healthy), 'tcp').run()).verdict).toBe('yes')
  })

  it.each([
    ['*:3306', 'mariadbd'],
    ['[::]:25672', 'beam.smp'],
    ['0.0.0.0:5900', 'qemu-system-x86'],
    ['[::]:6642', 'ovsdb-server'],
  ])('of the control plane on %s are not', async (local, process) => {
    const line = `LISTEN 0 128 ${local} *:* users:(("${process}",pid=9,fd=1))\n`
    const seen = await listenersProbe(site, shellThatPrints(healthy + line), 'tcp').run()
    expect(seen).toMatchObject({
      verdict: 'no',
      seen: `${local} (${process})`,
      fault: { code: 'control-plane-exposed', host: 'os1' },
    })
  })
})
