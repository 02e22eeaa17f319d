import { expect, it } from 'vitest'
import { Address } from '../../core/prefix.ts'
import type { Ran, Shell } from '../../core/shell.ts'
import { localShell } from '../../host/spawn.ts'
import type { JumpProof, ProofInstance } from '../proof-input.ts'
import { jumpProbes } from './campus.ts'

const instance: ProofInstance = {
  name: 'vm1',
  inCloud: 'vm1',
  network: 'direct',
  address: Address.of('2001:db8::5'),
  host: 'os1',
  user: 'root',
  identityFile: '/keys/vm1',
  mtu: 1500,
}

/** What ssh says when the port behind the jump host takes no connections: OpenSSH 9.2, with LogLevel ERROR. */
const refused: Ran = {
  code: 255,
  stdout: '',
  stderr: `channel 0: open failed: connect failed: Connection refused
stdio forwarding failed
kex_exchange_identification: Connection closed by remote host
`,
}
const entered: Ran = { code: 0, stdout: 'vm1\nroot\n', stderr: '' }

const proofOf = (campus: Shell): JumpProof => ({
  server: 'os1',
  shell: localShell(),
  campus,
  without: 'ipv6',
  way: { address: '192.0.2.1', port: 2222, user: 'probe', identityFile: '/k', knownHosts: '/h' },
  api: false,
  program: '/usr/bin/false',
  ports: [22],
  knownHosts: '/h',
})

/** The probe of `instance`, which is refused so many times; its clock goes on by a minute at each look at it. */
function through(refusals: number, patienceSeconds: number) {
  let asked = 0
  let minutes = 0
  const campus: Shell = {
    name: 'campus',
    run: async () => (asked++ < refusals ? refused : entered),
  }
  const waiting = { patienceSeconds, now: () => new Date(60_000 * minutes++) }
  const probe = jumpProbes(proofOf(campus), [], [instance], waiting).find(({ id }) => id === 'jump/in/vm1')
  return { seen: () => probe!.run(), asked: () => asked }
}

it('an instance whose sshd has not started yet is waited for', async () => {
  const { seen, asked } = through(2, 180)
  expect(await seen()).toMatchObject({ verdict: 'yes', seen: 'root on vm1' })
  expect(asked()).toBe(3)
})

it('what the jump host said of the way on is said, and not that it was cut off', async () => {
  const { seen, asked } = through(9, 90)
  expect(await seen()).toMatchObject({
    verdict: 'no',
    seen: 'channel 0: open failed: connect failed: Connection refused',
    fault: { code: 'jump-not-through', host: 'os1' },
  })
  expect(asked()).toBe(2)
})

it('a way that could not be tried, by a log-in that took too long, is tried once more', async () => {
  const slow: Ran = { code: 255, stdout: '', stderr: 'Connection timed out during banner exchange\n' }
  const closed: Ran = {
    code: 255,
    stdout: '',
    stderr: `Authenticated to 192.0.2.1 ([192.0.2.1]:2222) using "publickey".
channel 0: open failed: administratively prohibited: open failed
`,
  }
  for (const [answers, verdict] of [
    [[slow, closed], 'yes'],
    [[slow, slow], 'could-not-check'],
  ] as const) {
    let asked = 0
    const campus: Shell = { name: 'campus', run: async () => answers[asked++] ?? closed }
    const probe = jumpProbes(proofOf(campus), [], [], {}).find(({ id }) => id === 'jump/closed/os1')
    expect(await probe!.run()).toMatchObject({ verdict })
  }
})
