import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ClassSession } from '../../course/class.ts'
import { daysOf, instant, meetingsBetween, wall } from './calendar.ts'
import { dueAt, eventsBetween } from './due.ts'

const paris = 'Europe/Paris'
const session = (change: Partial<ClassSession> = {}): ClassSession => ({
  day: '2027-03-22',
  from: '08:00',
  to: '12:00',
  weeklyUntil: null,
  groups: null,
  title: null,
  boot: false,
  closeAfter: false,
  ...change,
})
const utc = (at: number) => new Date(at).toISOString()

describe('a local time', () => {
  it.each([
    ['in winter', '2027-03-27', '08:00', '2027-03-27T07:00:00.000Z'],
    ['in summer', '2027-03-29', '08:00', '2027-03-29T06:00:00.000Z'],
    ['just before the clocks are put on', '2027-03-28', '01:59', '2027-03-28T00:59:00.000Z'],
    ['that is skipped in spring: an hour later', '2027-03-28', '02:30', '2027-03-28T01:30:00.000Z'],
    ['just after', '2027-03-28', '03:00', '2027-03-28T01:00:00.000Z'],
    ['that comes twice in autumn: the first', '2027-10-31', '02:30', '2027-10-31T00:30:00.000Z'],
    ['after the clocks were put back', '2027-10-31', '03:00', '2027-10-31T02:00:00.000Z'],
    ['on the evening of that day', '2027-10-31', '18:00', '2027-10-31T17:00:00.000Z'],
    ['at midnight', '2027-10-31', '00:00', '2027-10-30T22:00:00.000Z'],
  ])('%s', (_, day, time, expected) => {
    expect(utc(instant(day, time, paris))).toBe(expected)
  })

  it.each([
    ['Asia/Kathmandu', '2027-01-01T02:15:00.000Z'],
    ['America/St_Johns', '2027-01-01T11:30:00.000Z'],
    ['Pacific/Kiritimati', '2026-12-31T18:00:00.000Z'],
    ['UTC', '2027-01-01T08:00:00.000Z'],
  ])('in %s', (zone, expected) => {
    expect(utc(instant('2027-01-01', '08:00', zone))).toBe(expected)
  })

  it('and back again, for every minute that the wall shows', () => {
    const zones = fc.constantFrom(paris, 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata')
    const minutes = fc.integer({ min: Date.UTC(2027, 0, 1) / 60_000, max: Date.UTC(2028, 0, 1) / 60_000 })
    fc.assert(
      fc.property(zones, minutes, (zone, minute) => {
        const { day, time } = wall(minute * 60_000, zone)
        const found = instant(day, time, zone)
        expect(wall(found, zone)).toMatchObject({ day, time })
        // The same moment, or the first of two that the wall shows alike.
        expect(found).toBeLessThanOrEqual(minute * 60_000)
        expect(minute * 60_000 - found).toBeLessThanOrEqual(3_600_000)
      }),
    )
  })
})

describe('a weekly series', () => {
  it('is at the same local time before and after summer time begins', () => {
    const all = meetingsBetween(
      [session({ weeklyUntil: '2027-04-05' })],
      paris,
      Date.UTC(2027, 2, 1),
      Date.UTC(2027, 4, 1),
    )
    expect(all.map(({ from }) => utc(from))).toEqual([
      '2027-03-22T07:00:00.000Z',
      '2027-03-29T06:00:00.000Z',
      '2027-04-05T06:00:00.000Z',
    ])
  })
  it('has its last day only when that is the same weekday', () => {
    expect(daysOf(session({ weeklyUntil: '2027-04-04' }))).toEqual(['2027-03-22', '2027-03-29'])
    expect(daysOf(session({ weeklyUntil: '2027-04-05' }))).toHaveLength(3)
  })
  it('keeps its weekday and length through a year', () => {
    const start = fc.integer({ min: 0, max: 365 })
    fc.assert(
      fc.property(start, (n) => {
        const day = new Date(Date.UTC(2027, 0, 1) + n * 86_400_000).toISOString().slice(0, 10)
        const one = session({ day, from: '14:15', to: '17:45', weeklyUntil: '2028-03-01' })
        const all = meetingsBetween([one], paris, 0, Date.UTC(2030, 0, 1))
        const walls = all.map(
          ({ from, to }) => `${wall(from, paris).weekday} ${wall(from, paris).time} ${to - from}`,
        )
        expect(new Set(walls).size).toBe(1)
        expect(wall(all[0]!.from, paris)).toMatchObject({ day, time: '14:15' })
      }),
    )
  })
  it('past midnight ends on the next day, an hour longer when the clocks are put back', () => {
    const night = session({ day: '2027-10-30', from: '22:00', to: '04:00' })
    const [one] = meetingsBetween([night], paris, 0, Date.UTC(2028, 0, 1))
    expect((one!.to - one!.from) / 3_600_000).toBe(7)
  })
})

describe('what is due', () => {
  const all = ['a', 'b']
  const morning = session({ groups: ['a'], boot: true, closeAfter: true })
  const at = (time: string) => instant('2027-03-22', time, paris)
  const due = (time: string, sessions = [morning]) =>
    dueAt(sessions, paris, all, at(time)).map(({ kind, groups }) => `${kind} ${groups.join('+')}`)

  it.each([
    ['07:29', []],
    ['07:30', ['boot a']],
    ['07:50', ['boot a', 'open a']],
    ['11:59', ['boot a', 'open a']],
    ['12:00', ['close a']],
    ['12:59', ['close a']],
    ['13:00', []],
  ])('at %s: %j', (time, expected) => expect(due(time)).toEqual(expected))

  it('closes nobody whose next session is about to begin', () => {
    const next = session({ from: '12:05', to: '13:30', closeAfter: true })
    expect(due('12:00', [morning, next])).toEqual(['open a+b'])
    expect(due('12:00', [morning, { ...next, groups: ['b'] }])).toEqual(['open b', 'close a'])
  })

  it('every event of a week is due at its moment, and the list is in order', () => {
    const week = [morning, session({ day: '2027-03-24', from: '13:00', to: '15:00', closeAfter: true })]
    const events = eventsBetween(week, paris, all, at('00:00'), at('00:00') + 7 * 86_400_000)
    expect(events.map(({ kind, day }) => `${day} ${kind}`)).toEqual([
      '2027-03-22 boot',
      '2027-03-22 open',
      '2027-03-22 close',
      '2027-03-24 open',
      '2027-03-24 close',
    ])
    for (const event of events)
      expect(dueAt(week, paris, all, event.at).map(({ kind }) => kind)).toContain(event.kind)
  })
})
