// Measures healing: seconds until traffic is back with the agent, with networkd alone, and with a watchdog that pings every five minutes. Asserts nothing.
// Leaves what must come of each fault to the drills. One run each, on one machine.
import { writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { it } from 'vitest'
import { agentEvents, isWell, tellings } from '../drills/agent-journal.ts'
import { type Stand, standDown, standUp, targets } from '../drills/berth.ts'
import { machineWords } from '../drills/machine-words.ts'
import { type Instance, outage } from '../drills/traffic.ts'
import { type FaultName, faults } from '../src/rehearsal/faults.ts'

const hour = 3_600_000
const server = 'pd1'

type Case = { fault: FaultName; instance: Instance }
const cases: readonly Case[] = [
  { fault: 'default-route-deleted', instance: 'direct' },
  { fault: 'public-address-removed', instance: 'direct' },
  { fault: 'tenant-route-removed', instance: 'class' },
  { fault: 'forwarding-off', instance: 'direct' },
]

/** Seconds for which a way of healing is waited for. */
const waited = 45

/** What people put into cron: reach something, else start the network anew. */
const watchdog = `ping -6 -c 3 -W 2 ${targets[0]} >/dev/null && exit 0
echo 'not reached: starting the network anew'
systemctl restart systemd-networkd`
const watchdogEvery = 300

it('healing', { timeout: hour }, async () => {
  const stands = await standUp({ names: new Set([server]), movable: new Set() })
  const stand = stands.get(server)
  if (!stand) throw new Error(`${server} does not stand`)
  const rows: string[][] = []
  try {
    for (const one of cases) {
      const agent = await measured(stand, one, 'start', async () => {})
      const networkd = await measured(stand, one, 'stop', async () => {})
      const dog = await measured(stand, one, 'stop', async () => {
        await stand.shell.run(['sh', '-c', watchdog], { timeout: 60_000 })
      })
      rows.push([
        `\`${one.fault}\`: ${faults[one.fault].says}`,
        agent.noticed === null ? 'not' : `${agent.noticed.toFixed(1)} s`,
        shown(agent.back),
        shown(networkd.back),
        dog.back === null
          ? `not within ${waited} s of its ping`
          : `0 to ${watchdogEvery} s until its ping, then ${dog.back.toFixed(1)} s: ${Math.round(watchdogEvery / 2 + dog.back)} s on average`,
      ])
      process.stdout.write(`${rows.at(-1)?.join(' | ')}\n`)
    }
    const idle = await resources(stand, 600)
    writeFileSync('docs/bench-healing.md', await page(stand, rows, idle))
  } finally {
    await standDown(stands.values())
  }
})

/** `act` is what heals beside the platform, or nothing. */
async function measured(
  stand: Stand,
  { fault, instance }: Case,
  agent: 'start' | 'stop',
  act: () => Promise<void>,
) {
  const { places, shell, traffic } = stand
  await shell.run(['systemctl', agent, 'bateau-agent'])
  const back = async (from: number) => {
    const now = Date.now()
    const replies = await traffic.replies(instance, from)
    const ways = [outage(replies.in, from, now), outage(replies.out, from, now)]
    const steady = ways.every((way) => way.back !== null && now - way.back > 2_000)
    return steady ? Math.max(...ways.map((way) => way.back ?? from)) : null
  }
  await until(
    60,
    async () =>
      (await back(Date.now() - 4_000)) !== null &&
      (agent === 'stop' || isWell(await agentEvents(places.server))),
  )
  const told = (await agentEvents(places.server)).length
  const from = Date.now()
  try {
    await faults[fault].inject(places)
    await act()
    await until(waited, async () => Date.now() - from > 4_000 && (await back(from)) !== null)
    const at = await back(from)
    const events = (await agentEvents(places.server)).slice(told)
    const first = tellings(events, 'trouble.noticed')[0]
    return {
      noticed: first ? (Date.parse(first.at) - from) / 1_000 : null,
      back: at === null ? null : (at - from) / 1_000,
    }
  } finally {
    await faults[fault].clear(places)
  }
}

/** True as soon as `ask` says so; false when the seconds are over. */
async function until(seconds: number, ask: () => Promise<boolean>): Promise<boolean> {
  for (const deadline = Date.now() + seconds * 1_000; Date.now() < deadline; await pause(250))
    if (await ask()) return true
  return false
}

/** The agent's whole unit, monitors and the commands it runs included, while nothing happens. */
async function resources({ shell }: Stand, seconds: number) {
  const read = async () => {
    const ran = await shell.run([
      'sh',
      '-c',
      'systemctl show -P CPUUsageNSec bateau-agent; p=$(systemctl show -P MainPID bateau-agent); sed -n "s/^VmRSS: *//p;s/^VmHWM: *//p" /proc/$p/status; sed -n "s/^Pss: *//p" /proc/$p/smaps_rollup',
    ])
    const [cpu = '0', peak = '', rss = '', pss = ''] = ran.stdout.trim().split('\n')
    return { cpu: Number(cpu), peak, rss, pss }
  }
  await shell.run(['systemctl', 'start', 'bateau-agent'])
  await pause(20_000)
  const before = await read()
  await pause(seconds * 1_000)
  const after = await read()
  return { percent: ((after.cpu - before.cpu) / 1e9 / seconds) * 100, seconds, ...after }
}

const shown = (back: number | null) =>
  back === null
    ? `not within ${waited} s`
    : back === 0
      ? 'traffic was not away for 1 s'
      : `${back.toFixed(1)} s`

async function page(
  stand: Stand,
  rows: readonly (readonly string[])[],
  idle: Awaited<ReturnType<typeof resources>>,
) {
  const head = ['fault', 'agent: noticed', 'agent: back', 'networkd alone: back', 'watchdog: back']
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  return `# Healing, measured

${await machineWords(stand.shell)} One run each; \`npm run bench -- bench/healing.ts\` writes this page.

*Back*: seconds from the fault until pings (one each 0.2 s, each way) passed again between the internet and an instance's
stand-in. The provider announces itself every 3 to 4 s and gives leases for 40 s, renewed every 15 s, which helps networkd alone:
real providers are slower, the agent is not.

*Watchdog*: a shell script as people put it into cron, every five minutes: three pings, and \`systemctl restart systemd-networkd\`
when none is answered. The script was run for real right after the fault, and its time is real. Its waiting time was not lived through: a fault comes at any moment of
the five minutes, so it is uniform between 0 and ${watchdogEvery} s.

${table}

## What the agent costs

Over ${idle.seconds / 60} minutes in which nothing happened, looks every 10 s and everything it starts included: ${idle.percent.toFixed(2)} % of
one core. Memory of its process: ${idle.rss} resident (${idle.pss} proportional), ${idle.peak} at most.
`
}
