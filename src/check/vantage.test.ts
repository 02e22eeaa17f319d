// Holds vantages to what strange places answer: other pings, other languages, garbage, no log-in. Silence is never a no.
import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { Trouble } from '../core/fault.ts'
import { Address } from '../core/prefix.ts'
import type { Ran, Shell } from '../core/shell.ts'
import { localShell } from '../host/spawn.ts'
import { askAll, witness } from './panel.ts'
import { together } from './regions.ts'
import { readTcp, tryTcp } from './tcp.ts'
import { shellVantage, type Testimony, type Vantage } from './vantage.ts'

const control = Address.of('2620:fe::fe')
const to = Address.of('2001:db8:17::1')
const replies = (sent: number, received: number): Ran => ({
  code: received > 0 ? 0 : 1,
  stdout: `${sent} packets transmitted, ${received} received, 0% packet loss, time 0ms\n`,
  stderr: '',
})

/** A place whose ping answers as told: for the control, then for everything else. */
function place(name: string, answers: { control: Ran; other: Ran }, country: string | null = null): Vantage {
  const shell: Shell = {
    name,
    run: (argv) => Promise.resolve(argv.includes(String(control)) ? answers.control : answers.other),
  }
  return shellVantage({ shell, controls: [control], place: country })
}
const well = { control: replies(2, 2), other: replies(5, 5) }
const deaf = { control: replies(2, 2), other: replies(5, 0) }
const without = {
  control: { code: 2, stdout: '', stderr: 'ping: connect: Network is unreachable\n' },
  other: replies(5, 0),
}

const claim = {
  what: String(to),
  name: 'os1',
  host: 'os1',
  fault: () => ({ code: 'gone', why: 'w', fix: 'f' }),
}
const asked = async (...vantages: Vantage[]) =>
  together(claim, await askAll(vantages, { kind: 'ping', to }, { about: 'os1' }))

describe('several vantages', () => {
  it('that agree are one answer', async () => {
    expect(await asked(place('maison', well, 'FR'), place('jump1', well))).toEqual({
      verdict: 'yes',
      seen: `${to}: maison (FR): 5 of 5 replies; jump1: 5 of 5 replies`,
    })
    expect(await asked(place('maison', deaf), place('jump1', deaf))).toMatchObject({
      verdict: 'no',
      fault: { code: 'gone' },
    })
  })

  it('that differ are one finding, which names both sides', async () => {
    const seen = await asked(
      place('maison', well, 'FR'),
      place('berlin', well, 'DE'),
      place('nyc', deaf, 'US'),
    )
    expect(seen.fault).toMatchObject({
      code: 'reachable-from-some',
      title: 'os1 is reachable from maison (FR) and berlin (DE), not from nyc (US)',
    })
  })

  it('of which one has no IPv6 go by the others, and say so', async () => {
    const seen = await asked(place('maison', well), place('office', without))
    expect(seen.verdict).toBe('yes')
    expect(seen.seen).toContain('no word from office: 2620:fe::fe: ping: connect: Network is unreachable')
  })

  it('of which none can tell are could-not-check', async () => {
    expect(await asked(place('office', without))).toMatchObject({ verdict: 'could-not-check' })
    expect(await asked()).toMatchObject({
      verdict: 'could-not-check',
      seen: 'no vantage outside could be asked',
    })
  })

  it('do not count the server that is asked about', async () => {
    const itself = { ...place('os1', well), server: 'os1' }
    expect(await asked(itself, place('maison', deaf))).toMatchObject({ verdict: 'no' })
    expect(await witness([itself, place('maison', deaf)], 'os1')).toMatchObject({ name: 'maison' })
    expect(await witness([itself, place('office', without)], 'os1')).toBeUndefined()
  })
})

describe('a vantage', () => {
  it.each<[string, Ran]>([
    ['prints nothing', { code: 0, stdout: '', stderr: '' }],
    ['prints garbage', { code: 0, stdout: '\u0000\u001b[2J%s%n'.repeat(1000), stderr: '' }],
    ['has no ping', { code: 127, stdout: '', stderr: 'ping: not found' }],
    ['has no permission', { code: 2, stdout: '', stderr: `ping: socket: ${'\u001b[2J'.repeat(500)}` }],
    ['was stopped', { code: 124, stdout: '', stderr: '' }],
  ])('that %s could not check', async (_, ran) => {
    const [said] = await place('odd', { control: replies(2, 2), other: ran }).ask({ kind: 'ping', to })
    expect(said?.verdict).toBe('could-not-check')
    expect(said?.seen).toMatch(/^\P{Cc}{1,300}$/u)
    const [mute] = await place('odd', { control: ran, other: replies(5, 0) }).ask({ kind: 'ping', to })
    expect(mute?.verdict).toBe('could-not-check')
  })

  it('that cannot be logged in to could not check', async () => {
    const fault = {
      code: 'host-refused',
      title: 'maison refused the log-in',
      why: 'Permission denied',
      fix: '',
    }
    const shell: Shell = { name: 'maison', run: () => Promise.reject(new Trouble(fault)) }
    const said = await shellVantage({ shell, controls: [control] }).ask({ kind: 'tcp', to, port: 22 })
    expect(said).toEqual<Testimony[]>([
      {
        vantage: 'maison',
        place: null,
        verdict: 'could-not-check',
        seen: 'maison refused the log-in: Permission denied',
      },
    ])
  })

  it('with the ping of busybox is asked in its own words', async () => {
    const argvs: string[][] = []
    const shell: Shell = {
      name: 'router',
      run(argv) {
        argvs.push([...argv])
        return Promise.resolve(
          argv.includes('-n')
            ? {
                code: 1,
                stdout: '',
                stderr: 'ping: invalid option -- n\nBusyBox v1.36.1\n\nUsage: ping HOST\n',
              }
            : { code: 0, stdout: '3 packets transmitted, 3 packets received, 0% packet loss\n', stderr: '' },
        )
      },
    }
    const [said] = await shellVantage({ shell, controls: [control] }).ask({ kind: 'ping', to })
    expect(said?.verdict).toBe('yes')
    expect(argvs.at(-1)?.slice(0, 2)).toEqual(['ping', '-6'])
  })
})

describe('one TCP port', () => {
  it.each<[string, string, string]>([
    ['tcp: open\n', '', 'yes'],
    ['tcp: refused\n', '', 'no'],
    ['tcp: silent\n', '', 'no'],
    ['tcp: error No route to host\n', '', 'no'],
    ['tcp: cannot neither perl, bash nor nc is there\n', '', 'could-not-check'],
    ['', 'sh: 1: Syntax error', 'could-not-check'],
    ['Bienvenue !\ntcp: open\n', '', 'yes'],
    ['\u0007'.repeat(100_000), '', 'could-not-check'],
  ])('%j, %j is %s', (stdout, stderr, verdict) => {
    const said = readTcp(stdout, stderr)
    expect(said.verdict).toBe(verdict)
    expect(said.seen.length).toBeLessThan(300)
  })

  it('is tried for real, open and closed, by Perl and by Bash', async () => {
    const server = createServer((socket) => socket.destroy())
    await new Promise<void>((done) => server.listen(0, '::1', done))
    const { port } = server.address() as { port: number }
    const own = localShell()
    // A Perl that does not work, as where there is none.
    const noPerl: Shell = {
      name: 'no Perl',
      run: (argv, options) => own.run(['env', 'PERL5OPT=-Mno_such_module', ...argv], options),
    }
    const loopback = Address.of('::1')
    for (const shell of [own, noPerl]) expect((await tryTcp(shell, loopback, port)).verdict).toBe('yes')
    await new Promise((done) => server.close(done))
    for (const shell of [own, noPerl])
      expect(await tryTcp(shell, loopback, port)).toEqual({ verdict: 'no', seen: 'refuses' })
  })
})
