import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { emptyLedger, type Ledger } from '../check/ledger.ts'
import type { CheckResult } from '../check/result.ts'
import type { Shell } from '../core/shell.ts'
import { site } from '../delivery/site.fixture.ts'
import { whileHeld } from '../host/flock.ts'
import { leanShell } from '../host/lean-spawn.ts'
import type { AgentEventBody } from './events.ts'
import { mender } from './mend.ts'

const top = mkdtempSync(join(tmpdir(), 'bateau-mend-'))
afterAll(() => rmSync(top, { recursive: true }))

/** A server on which every repair helps; its lock is a real one. */
function server(code: string, system = 'running') {
  const lock = join(mkdtempSync(join(top, 'x-')), 'lock')
  const here = leanShell('os1')
  const ran: string[] = []
  let isBroken = true
  const shell: Shell = {
    name: 'os1',
    async run(argv, options) {
      if (argv.includes(lock)) return here.run(argv, options)
      if (argv.includes('is-system-running')) return { code: 1, stdout: `${system}\n`, stderr: '' }
      ran.push(argv.join(' '))
      isBroken = false
      return { code: 0, stdout: '', stderr: '' }
    },
  }
  const look = async (): Promise<readonly CheckResult[]> => {
    const base = { id: 'host/os1/x', title: 'x', seen: 'x', vantage: 'os1', at: '' }
    const fault = { code, title: code, why: 'why', fix: 'fix', host: 'os1' }
    return [
      isBroken
        ? { ...base, verdict: 'no', fault, about: { units: 'nginx.service' } }
        : { ...base, verdict: 'yes' },
    ]
  }
  const told: AgentEventBody[] = []
  let ledger: Ledger = emptyLedger
  let now = 0
  let beats = 0
  const mend = mender(
    {
      site,
      shell,
      lock,
      clock: { milliseconds: () => now, wall: () => new Date(0), wait: async (ms) => void (now += ms) },
      ledger: { read: () => ledger, write: (next) => void (ledger = next) },
      tell: (event) => told.push(event),
      beat: async () => void beats++,
    },
    new AbortController().signal,
  )
  return {
    lock,
    ran,
    told,
    beats: () => beats,
    isMended: () => !isBroken,
    mend: async () => mend(await look(), look),
    later: (ms: number) => void (now += ms),
  }
}

describe('the mending of an agent', () => {
  it('tries a repair, tells it, spends it, and gives signs of life around its commands', async () => {
    const one = server('public-address-lost')
    await one.mend()
    expect(one.isMended()).toBe(true)
    expect(one.told.map(({ type }) => type)).toEqual(['repair.started', 'repair.done'])
    const [first] = one.told
    expect(first?.type === 'repair.started' && first.commands.map((argv) => argv.join(' '))).toEqual(one.ran)
    expect(one.beats()).toBe(2 * one.ran.length)
  })

  it('leaves the server to whoever has its lock, and is there when it is free', async () => {
    const one = server('public-address-lost')
    await whileHeld(leanShell('another'), one.lock, async () => {
      await one.mend()
      expect(one.told).toEqual([])
    })
    await expect
      .poll(async () => {
        await one.mend()
        return one.isMended()
      })
      .toBe(true)
  })

  it('does not start services while the system is starting them, and does when it has', async () => {
    const [starting, running] = [server('service-down', 'starting'), server('service-down', 'degraded')]
    await starting.mend()
    await running.mend()
    expect([starting.isMended(), running.isMended()]).toEqual([false, true])
    expect(starting.ran).toEqual([])
  })

  it('of what nothing can mend says so once, and asks no more for a while', async () => {
    const one = server('link-no-carrier')
    await one.mend()
    await one.mend()
    one.later(120_000)
    await one.mend()
    expect(one.told.map(({ type }) => type)).toEqual(['given-up'])
    expect(one.ran).toEqual([])
  })
})
