// Decides how a drill goes: all is well, a fault is made, the agent names it, it is mended or handed on, and all is well again.
// Leaves asserting to the caller: what happened comes back as a value, with seconds that are printed and never judged.
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { AgentEvent } from '../src/agent/events.ts'
import { faults } from '../src/rehearsal/faults.ts'
import { agentEvents, isQuiet, isWell, tellings } from './agent-journal.ts'
import type { Stand } from './berth.ts'
import type { Drill } from './drill.ts'
import { codesOfCheck } from './look.ts'
import { type Outage, outage } from './traffic.ts'

export type Outcome = {
  /** Seconds from the fault until the agent named it; null: it named nothing. */
  noticed: number | null
  /** Seconds until traffic was back both ways: from the fault, or from its end where only its end can help. Null: it was never away. */
  back: number | null
  /** Ways in which traffic was away for more than a second. */
  cut: { in: boolean; out: boolean }
  /** Codes that the agent named, in order. */
  named: readonly string[]
  /** Codes that `bateau check` named while the fault stood; null where it was not asked. */
  checked: readonly string[] | null
  /** Repairs that the agent says helped. */
  helped: readonly string[]
  /** What the agent told a person to do. */
  advice: string | null
  /** What it told before and during the fault, for who must find out why a drill failed. */
  story: string
}

export async function runDrill(drill: Drill, stand: Stand): Promise<Outcome> {
  const fault = faults[drill.fault]
  const { places } = stand
  if (drill.given) {
    await faults[drill.given].inject(places)
    await pause(givenMilliseconds)
  }
  await until('all to be well beforehand', 120, () => allWell(drill, stand))
  const checked = drill.stands ? await checkWithoutAgent(drill, stand) : null
  const before = await agentEvents(places.server)
  const earlier = before.length
  const since = async () => (await agentEvents(places.server)).slice(earlier)
  const from = Date.now()
  const uptime = uptimeNow()
  try {
    await fault.inject(places)
    const during = await stood(drill, stand, since)
    const over = Date.now()
    if (drill.mendedBy === 'person' || drill.mendedBy === 'provider') await fault.clear(places)
    await until('all to be well again', drill.limit, async () =>
      (await isMended(drill, stand, from)) && isQuiet(await agentEvents(places.server)) ? true : undefined,
    )
    const events = await since()
    const ended = drill.mendedBy === 'person' || drill.mendedBy === 'provider' ? over : from
    return {
      ...told(drill, events, uptime),
      ...(await traffic(drill, stand, from, ended)),
      checked: checked ?? during,
      story: story(before, uptime, events),
    }
  } catch (error) {
    throw new Error(`${drill.fault}: ${story(before, uptime, await since())}`, { cause: error })
  } finally {
    await fault.clear(places)
    if (drill.given) {
      await faults[drill.given].clear(places)
      await pause(givenMilliseconds)
    }
  }
}

/** What a state that is made or taken back sets off has begun, and mostly ended, by then: an exchange of DHCPv6. */
const givenMilliseconds = 6_000

function story(before: readonly AgentEvent[], uptime: number, events: readonly AgentEvent[]): string {
  const lines = (some: readonly AgentEvent[]) =>
    some
      .slice(-25)
      .map(
        ({ schema_version: _, run: _run, host: _host, fix: _fix, ...rest }: AgentEvent & { fix?: string }) =>
          JSON.stringify(rest),
      )
  return ['the agent told', ...lines(before), `the fault, at uptime ${uptime}`, ...lines(events)].join('\n')
}

/** What happens while the fault stands; gives what `bateau check` says of it, where somebody else must act first. */
async function stood(
  drill: Drill,
  stand: Stand,
  since: () => Promise<AgentEvent[]>,
): Promise<readonly string[] | null> {
  const { code, limit, mendedBy } = drill
  if (code === null) {
    // Long enough for a full look, which comes every 10 s, to blame something.
    await pause(12_000)
    return null
  }
  const began = Date.now()
  await until(`the agent to name ${code}`, limit, async () => {
    if (tellings(await since(), 'trouble.noticed').some((event) => event.code === code)) return true
    const over = drill.fleeting && Date.now() - began > fleetingSeconds * 1_000
    return over ? allWell(drill, stand) : undefined
  })
  if (mendedBy === 'person')
    await until(`the agent to hand ${code} to a person`, limit, async () =>
      tellings(await since(), 'given-up').find((event) => event.code === code),
    )
  if (mendedBy === 'agent' || mendedBy === 'platform' || drill.notAsked !== undefined) return null
  return settledCodes(code, stand)
}

/** After this the platform alone has mended what it mends by itself: an advertisement comes every 4 s. */
const fleetingSeconds = 10

/** What `bateau check` says, once it says the cause and nothing else; else what it said last. A repair under way shows for a moment. */
async function settledCodes(
  code: string | null,
  { site, shell }: Stand,
  aside: readonly string[] = [],
): Promise<readonly string[]> {
  for (const deadline = Date.now() + 30_000; ; await pause(1_000)) {
    const codes = (await codesOfCheck(site, shell)).filter((one) => !aside.includes(one))
    if ((codes.length === 1 && codes[0] === code) || Date.now() > deadline) return codes
  }
}

/** The same fault with the agent stopped, so that it stands until it is looked at. */
async function checkWithoutAgent(drill: Drill, stand: Stand): Promise<readonly string[]> {
  const { places, shell } = stand
  await shell.run(['systemctl', 'stop', 'bateau-agent'])
  try {
    await faults[drill.fault].inject(places)
    return await settledCodes(drill.code, stand, ['agent-down', 'service-down'])
  } finally {
    await faults[drill.fault].clear(places)
    await until('traffic to be back after the look', 120, () => isMended(drill, stand, Date.now() - 3_000))
    await shell.run(['systemctl', 'start', 'bateau-agent'])
    await until('all to be well after the look', 120, () => allWell(drill, stand))
  }
}

/** Of the kernel that all servers share: a clock that is moved does not move it. */
const uptimeNow = () => Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0])

function told(drill: Drill, events: readonly AgentEvent[], from: number) {
  const noticed = tellings(events, 'trouble.noticed')
  const first = noticed.find(({ code }) => code === drill.code)
  return {
    noticed: first ? seconds((first.uptime - from) * 1_000) : null,
    named: [...new Set(noticed.map(({ code }) => code))],
    helped: tellings(events, 'repair.done').flatMap(({ helped, repair }) => (helped ? [repair] : [])),
    advice: tellings(events, 'given-up').find(({ code }) => code === drill.code)?.fix ?? null,
  }
}

async function traffic(drill: Drill, stand: Stand, from: number, ended: number) {
  const ways = await outages(drill, stand, from)
  const back = Math.max(...ways.map((way) => (way.cut ? (way.back ?? Date.now()) : from)))
  const cut = ways.some((way) => way.cut)
  return {
    cut: { in: ways[0].cut, out: ways[1].cut },
    back: cut ? seconds(Math.max(0, back - ended)) : null,
  }
}

async function outages(drill: Drill, stand: Stand, from: number): Promise<[Outage, Outage]> {
  const until = Date.now()
  const replies = await stand.traffic.replies(drill.instance, from)
  return [outage(replies.in, from, until), outage(replies.out, from, until)]
}

/** Replies come both ways, and have for a second. */
async function isMended(drill: Drill, stand: Stand, from: number): Promise<true | undefined> {
  const ways = await outages(drill, stand, from)
  const now = Date.now()
  const steady = ways.every(({ back }) => back !== null && now - back > 1_000)
  return steady ? true : undefined
}

async function allWell(drill: Drill, stand: Stand): Promise<true | undefined> {
  const well = isWell(await agentEvents(stand.places.server))
  return well && (await isMended(drill, stand, Date.now() - 3_000)) ? true : undefined
}

/** Asks again until there is an answer. */
async function until<T>(what: string, limit: number, ask: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + limit * 1_000; ; await pause(250)) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (Date.now() > deadline) throw new Error(`waited ${limit} s for ${what}`)
  }
}

const seconds = (milliseconds: number): number => Math.round(milliseconds / 100) / 10
