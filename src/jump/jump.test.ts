// Holds every file and command of the jump host to its golden text, and real sshd and nft to taking them.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { Address, Prefix } from '../core/prefix.ts'
import type { HostStep } from '../core/step.ts'
import { layOut } from '../plan/addressing.ts'
import { readJumpFacts } from './facts.ts'
import { filterText } from './filter.ts'
import type { JumpInput } from './input.ts'
import { programText } from './program.ts'
import { reachedOf } from './reached.ts'
import { sshdText, startups } from './sshd.ts'
import { jumpSteps } from './steps.ts'

const laid = layOut(Prefix.of('2001:db8:17::/56'), ['g1', 'g2'])
if (!laid.ok) throw new Error('the block is long enough')
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGJhdGVhdWJhdGVhdWJhdGVhdWJhdGVhdWJhdGVhdWJh ada@cloud'
const input: JumpInput = {
  course: 'cloud',
  facts: { openssh: [10, 0], resolvers: ['192.0.2.53', '2001:db8::53'] },
  port: 2222,
  ports: [443, 22],
  reached: reachedOf([laid.value], { direct: true, api: true }),
  travellers: [
    { login: 'bob', key: null },
    { login: 'ada', key },
  ],
  patience: 120,
}

const text = ({ id, title, because, files, run, verify }: HostStep) =>
  [
    `== ${id}: ${title}\n   ${because}`,
    ...files.map(({ path, mode, owner, text: whole }) => `-- ${path} ${mode} ${owner}\n${whole}`),
    ...run.map(
      (one) =>
        `$ ${JSON.stringify(one.argv)}${one.stdin === undefined ? '' : ` < ${JSON.stringify(one.stdin)}`}`,
    ),
    ...verify.map(
      (one) =>
        `? ${JSON.stringify(one.argv)}${one.stdin === undefined ? '' : ` < ${JSON.stringify(one.stdin)}`}`,
    ),
  ].join('\n')

it('is told what the golden file says', async () => {
  await expect(`${jumpSteps(input).map(text).join('\n\n')}\n`).toMatchFileSnapshot(
    '../../test/story/jump/steps.txt',
  )
})

describe('sshd', () => {
  const has = (openssh: readonly [number, number], word: string) =>
    sshdText({ ...input, facts: { ...input.facts, openssh } }).includes(word)

  it('is told only what its version knows', () => {
    expect([has([9, 1], 'UnusedConnectionTimeout'), has([9, 2], 'UnusedConnectionTimeout')]).toEqual([
      false,
      true,
    ])
    expect([has([9, 7], 'PerSourcePenalties'), has([9, 8], 'PerSourcePenalties')]).toEqual([false, true])
    expect([has([9, 8], 'refuseconnection'), has([9, 9], 'refuseconnection')]).toEqual([false, true])
  })

  it('takes a class that begins at once, and is the same for one student more', () => {
    expect(startups(44)).toEqual(startups(45))
    for (const many of [1, 44, 200, 1000])
      expect(startups(many).begin).toBeGreaterThanOrEqual(Math.min(many, 1000))
  })
})

describe('the filter', () => {
  it('names no prefix twice, as nftables takes no overlaps', () => {
    const prefix = Prefix.of('2001:db8:17:80::/57')
    const reached = { prefixes: [prefix, Prefix.of('2001:db8:17:81::/64'), prefix], never: [], fronts: [] }
    expect(filterText({ ...input, reached })).toContain(
      'ip6 daddr { 2001:db8:17:80::/57 } tcp dport { 22, 443 } counter accept',
    )
  })

  it('lets nobody anywhere when there is nothing to reach', () => {
    const none = filterText({ ...input, reached: { prefixes: [], never: [], fronts: [] } })
    expect(none.match(/accept$/gm)).toEqual(['accept', 'accept'])
    expect(none).toContain('udp dport 53 accept')
  })

  it('keeps the clouds’ own addresses from those that may be reached', () => {
    const { never, prefixes } = reachedOf([laid.value], { direct: true, api: true })
    expect(prefixes.some((one) => one.containsAddress(laid.value.public.host))).toBe(true)
    expect(never.map(String)).toEqual(['2001:db8:17::1', '2001:db8:17:1::1', '2001:db8:17:2::1'])
    expect(prefixes.some((one) => one.containsAddress(Address.of('2001:db8:17:2::a')))).toBe(false)
  })
})

it('reads the version and whom names are asked of, and leaves out what a filter cannot hold', async () => {
  const said =
    'OpenSSH_9.2p1 Debian-2\nnameserver 127.0.0.53\nnameserver fe80::1%eno1\nnameserver 127.0.0.53\n'
  const shell = (stdout: string) => ({
    name: 'os1',
    run: () => Promise.resolve({ code: 0, stdout, stderr: '' }),
  })
  expect(await readJumpFacts(shell(said))).toEqual({ openssh: [9, 2], resolvers: ['127.0.0.53'] })
  await expect(readJumpFacts(shell('sh: ssh: not found'))).rejects.toMatchObject({
    fault: { code: 'no-openssh' },
  })
})

describe('sh', () => {
  const dir = mkdtempSync(join(tmpdir(), 'bateau-jump-'))
  afterAll(() => rmSync(dir, { recursive: true }))

  it('reads the program', () => {
    writeFileSync(join(dir, 'jump'), programText('cloud', 2222))
    expect(execFileSync('sh', ['-n', join(dir, 'jump')], { encoding: 'utf8' })).toBe('')
  })
})
