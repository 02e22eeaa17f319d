// Decides how the drill goes that needs the real cloud: ovn-controller is stopped, and the agent starts it again.
// Leaves the drills that need no cloud to drills/.
import { setTimeout as pause } from 'node:timers/promises'
import { tellings } from '../../drills/agent-journal.ts'
import type { Drill } from '../../drills/drill.ts'
import type { Outcome } from '../../drills/run.ts'
import { outage, replyAt } from '../../drills/traffic.ts'
import { type AgentEvent, readEvent } from '../../src/agent/events.ts'
import type { Shell } from '../../src/core/shell.ts'
import type { Berth } from './bateau.ts'

export const cloudDrill: Drill = {
  fault: 'ovn-controller-stopped',
  on: 'os1',
  code: 'ovn-controller-down',
  mendedBy: 'agent',
  instance: 'direct',
  limit: 120,
}

/** The server, by `bateau ssh`. */
export const serverOf = (berth: Berth, name: string): Shell => ({
  name,
  async run(argv) {
    const { code, out, err } = await berth.ssh(name, ...argv)
    return { code: code ?? 128, stdout: out, stderr: err }
  },
})

/** `address`: of an instance, pinged from the internet throughout. Throws when the agent did not say within the drill's limit that its repair helped. */
export async function runCloudDrill(server: Shell, internet: Shell, address: string): Promise<Outcome> {
  const replies: number[] = []
  const stop = new AbortController()
  const pings = internet.run(['ping', '-6', '-n', '-D', '-i', '0.2', address], {
    signal: stop.signal,
    onLine(line) {
      const at = replyAt(line)
      if (at !== undefined) replies.push(at)
    },
  })
  try {
    return await drilled(server, replies)
  } finally {
    stop.abort()
    await pings
  }
}

async function drilled(server: Shell, replies: readonly number[]): Promise<Outcome> {
  const told = async (): Promise<AgentEvent[]> => {
    const { stdout } = await server.run(['cat', '/var/lib/bateau/agent/events.ndjson'])
    return stdout.split('\n').flatMap((line) => readEvent(line) ?? [])
  }
  const earlier = (await told()).length
  const uptime = Number((await server.run(['cat', '/proc/uptime'])).stdout.split(' ')[0])
  const from = Date.now()
  await server.run(['systemctl', 'stop', 'ovn-controller'])
  for (const deadline = Date.now() + cloudDrill.limit * 1_000; ; await pause(1_000)) {
    const events = (await told()).slice(earlier)
    const noticed = tellings(events, 'trouble.noticed')
    const helped = tellings(events, 'repair.done').filter((one) => one.helped)
    const gone = tellings(events, 'trouble.gone').some(({ code }) => code === cloudDrill.code)
    const traffic = outage(replies, from, Date.now())
    if (gone && helped.length > 0 && traffic.back !== null)
      return {
        noticed: Math.round(((noticed[0]?.uptime ?? uptime) - uptime) * 10) / 10,
        named: [...new Set(noticed.map(({ code }) => code))],
        helped: helped.map(({ repair }) => repair),
        cut: { in: traffic.cut, out: traffic.cut },
        back: traffic.cut ? Math.round((traffic.back - from) / 100) / 10 : null,
        checked: null,
        advice: null,
        story: events.map((event) => JSON.stringify(event)).join('\n'),
      }
    if (Date.now() > deadline)
      throw new Error(
        `${cloudDrill.fault}: the agent told ${events.map((event) => JSON.stringify(event)).join('\n')}`,
      )
  }
}
