// Decides what becomes of a class's zones: shown, made right or cleared, with what is said about it and the exit code.
// Leaves the zones to dns/, and who the hosts are to hosts.
import { dirname, resolve } from 'node:path'
import { systemClock } from '../../cloud/clock.ts'
import { type Fault, Trouble } from '../../core/fault.ts'
import type { Course } from '../../course/course.ts'
import type { Dns } from '../../course/class.ts'
import { openToOthers } from '../../dns/credentials.ts'
import type { Line } from '../../dns/diff.ts'
import { addressRecords, type NamedHost, pointerRecords } from '../../dns/names.ts'
import { type DnsWay, isHere, openZones } from '../../dns/open.ts'
import type { Rrset } from '../../dns/record.ts'
import type { ZoneHand } from '../../dns/zone.ts'
import { lookAtZone, type Seen, seenWords, zoneTask } from '../../dns/zone-task.ts'
import { type ExitCode, exits } from '../face.ts'
import { thisMachine } from '../reach.ts'
import { type Session, Stop } from '../session.ts'

export type Naming = {
  run: Session
  course: Course
  dns: Dns
  /** Path of the course file. */
  file: string
  rehearsal: boolean
  hosts: readonly NamedHost[]
  /** Not all hosts are known now. */
  partial: boolean
  /** Only say what would be done. */
  dryRun: boolean
}

/** Codes of faults that say nothing of the zone itself. */
const unproven = new Set(['dns-unreachable', 'dns-server-name', 'dns-too-many', 'dns-tools', 'dns-unsure'])

/**
 * Makes the zones say what `hosts` are; with none of them, nothing of the course is left in them. Faults are said as
 * events: broken where a zone refused or holds somebody else's records, unchecked where it does not answer.
 */
export async function nameClass(naming: Naming): Promise<ExitCode> {
  const { run, dns, file, rehearsal } = naming
  const way: DnsWay = { ...dns, credentials: resolve(dirname(file), dns.credentials) }
  if (rehearsal && !naming.dryRun && !isHere(way)) {
    run.emit({
      type: 'note',
      text: `a rehearsal changes no names in ${dns.zone}, which the real internet asks`,
    })
    return exits.done
  }
  try {
    const open = openToOthers(way.credentials)
    if (open !== null) run.emit({ type: 'note', text: open })
    const zones = openZones(way, {
      shell: thisMachine,
      clock: systemClock,
      random: Math.random,
      signal: run.signal,
    })
    if (dns.reverse !== null && zones.reverse === null)
      run.emit({ type: 'note', text: `dns.reverse is for rfc2136 only: no PTR records are made` })
    return await nameZones(naming, zones)
  } catch (error) {
    if (!(error instanceof Trouble)) throw error
    run.emit({ type: 'fault', fault: error.fault })
    return exitOf(error.fault)
  }
}

type Zones = { forward: ZoneHand; reverse: ZoneHand | null }

async function nameZones(naming: Naming, { forward, reverse }: Zones): Promise<ExitCode> {
  const { run, course, dns, hosts, partial, dryRun } = naming
  const wish = (hand: ZoneHand, desired: readonly Rrset[]) => ({
    course: course.name,
    hand,
    desired,
    ttl: dns.ttl,
    partial,
  })
  const first = new Map<string, Seen>()
  const theirs = () => {
    const lines = first.get(forward.zone)?.difference.lines ?? []
    return new Set(lines.filter(({ state }) => state === 'foreign').map(({ name }) => name))
  }
  const wishes = [
    wish(forward, addressRecords(hosts, dns.ttl)),
    ...(reverse === null
      ? []
      : [
          {
            ...wish(reverse, []),
            // Asked when the other zone has been read: an address must not lead to a name that leads elsewhere.
            get desired() {
              const ours = hosts.filter(({ name }) => !theirs().has(name))
              return pointerRecords(ours, { zone: forward.zone, reverse: reverse.zone }, dns.ttl)
            },
          },
        ]),
  ]
  let code: ExitCode = exits.done
  if (dryRun) {
    for (const one of wishes) first.set(one.hand.zone, await lookAtZone(one))
  } else {
    const faults: Fault[] = []
    const tasks = wishes.map((one, i) => ({
      ...zoneTask(one, {
        seen: (seen) => void (first.has(one.hand.zone) || first.set(one.hand.zone, seen)),
        failed: (fault) => void faults.push(fault),
      }),
      after: wishes.slice(0, i).map(({ hand }) => `dns/${hand.zone}`),
    }))
    try {
      await run.phase('dns', `Names in ${wishes.map(({ hand }) => hand.zone).join(' and ')}`, tasks)
    } catch (error) {
      if (!(error instanceof Stop) || run.signal.aborted) throw error
      code =
        faults.length > 0 && faults.every(({ code: one }) => unproven.has(one))
          ? exits.unchecked
          : exits.broken
    }
  }
  const seen = wishes.flatMap(({ hand: { zone } }) => {
    const one = first.get(zone)
    return one ? [{ zone, ...one }] : []
  })
  const strangers = seen.flatMap(({ zone, difference }) =>
    difference.lines.filter(({ state }) => state === 'foreign').map((line) => foreign(zone, line)),
  )
  for (const fault of strangers) run.emit({ type: 'fault', fault })
  const done = !dryRun && code === exits.done
  if (seen.length > 0)
    run.emit({
      type: 'report',
      kind: 'class-dns',
      text: seen.map((one) => zoneText(one, dns.ttl, done)).join('\n'),
      data: { dry_run: dryRun, zones: seen.map(zoneData) },
    })
  return code === exits.done && strangers.length > 0 ? exits.broken : code
}

const exitOf = ({ code }: Fault): ExitCode =>
  unproven.has(code)
    ? exits.unchecked
    : ['dns-credentials', 'dns-in-clear'].includes(code)
      ? exits.usage
      : exits.broken

function foreign(zone: string, { name, was, now }: Line): Fault {
  const has = was === null ? 'a record' : `${was.type} ${was.data.join(' ')}`
  return {
    code: 'dns-foreign',
    title: `${name}.${zone} is somebody else's: it is left alone`,
    why: `it has ${has}, and bateau's marker does not hold that name; the class needs ${now?.type} ${now?.data.join(' ')}`,
    fix: 'remove that record with the provider’s own means if nobody needs it, then run the same command again',
  }
}

const signs: Record<Line['state'], string> = {
  kept: ' ',
  theirs: '=',
  add: '+',
  change: '~',
  remove: '-',
  foreign: '!',
}

type ZoneSeen = Seen & { zone: string }

function zoneText(one: ZoneSeen, ttl: number, done: boolean): string {
  const lines = one.difference.lines.map(({ state, name, type, was, now }) => {
    const data = (set: Rrset | null) => set?.data.join(' ') ?? ''
    const text =
      state === 'change' ? `${data(was)} (${was?.ttl} s) -> ${data(now)} (${now?.ttl} s)` : data(now ?? was)
    return `  ${signs[state]} ${name}  ${type}  ${text}`
  })
  const changed = done && one.batches.length > 0
  const soon = one.negative === null ? '' : `, one that was asked for in vain within ${one.negative} s`
  const when = `  resolvers show it at once where nobody asked before; a name that changed within ${ttl} s${soon}`
  return [
    `${one.zone}: ${seenWords(one)}${changed ? '; done' : ''}`,
    ...lines,
    ...(changed ? [when] : []),
  ].join('\n')
}

const zoneData = ({ zone, difference, negative }: ZoneSeen) => ({
  zone,
  negative_ttl: negative,
  records: difference.lines.map(({ state, name, type, was, now }) => ({
    name: `${name}.${zone}`,
    type,
    state,
    was: was && { ttl: was.ttl, data: was.data },
    now: now && { ttl: now.ttl, data: now.data },
  })),
})
