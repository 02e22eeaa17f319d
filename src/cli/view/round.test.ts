// Holds what a check that goes on tells to what changed, by cause, in lines and on a live screen.
import { expect, it } from 'vitest'
import type { RunEvent } from '../../run/events.ts'
import { frame } from './live.ts'
import { painter } from './paint.ts'
import { Teller } from './teller.ts'

type Round = Extract<RunEvent, { type: 'check.round' }>

const lost: Round['findings'][number] = {
  id: 'host/os1/network/link',
  title: 'eno1 of os1 is up and has a signal',
  verdict: 'no',
  seen: 'eno1: no carrier',
  vantage: 'os1',
  fault: {
    code: 'link-no-carrier',
    title: 'no cable',
    why: 'nobody at the other end',
    fix: 'plug it in',
    host: 'os1',
  },
  follows: Array.from({ length: 40 }, (_, i) => `symptom/${i}`),
}
const round = (number: number, findings: Round['findings']): Round => ({
  schema_version: 1,
  at: '2026-11-24T03:00:00.000Z',
  run: '',
  type: 'check.round',
  round: number,
  yes: findings.length > 0 ? 10 : 51,
  no: findings.length > 0 ? 41 : 0,
  unchecked: 0,
  seconds: 2,
  everySeconds: 10,
  changed: [],
  findings,
})
const plain = painter(false)

it('one unplugged cable is told once, and once when it is over', () => {
  const teller = new Teller(plain, './bateau check --watch')
  const tell = (event: Round) => teller.tell(event).map(({ to, text }) => `${to} ${text}`)
  expect(tell(round(1, []))).toEqual([
    'err 03:00:00   51 yes, 0 no, 0 could not check; again every 10 s, and what changes is told',
  ])
  expect(tell(round(2, []))).toEqual([])
  const broken = tell(round(3, [lost])).join('\n')
  expect(broken).toContain('✗ not so: eno1 of os1 is up and has a signal  (and so 40 more)')
  expect(broken).toContain('plug it in')
  expect(broken).not.toContain('symptom')
  expect(tell(round(4, [lost]))).toEqual([])
  expect(tell(round(5, []))).toEqual([
    'err 03:00:00 ✓ over: eno1 of os1 is up and has a signal',
    'err 03:00:00   51 yes, 0 no, 0 could not check',
  ])
})

it('the live screen shows the troubles that stand, within its size, and when the next look is', () => {
  const teller = new Teller(plain, '')
  teller.tell(round(7, [lost]))
  const at = Date.parse('2026-11-24T03:00:03.000Z')
  const lines = frame(teller.scene, at, { columns: 80, rows: 24 }, plain).split('\n')
  expect(lines[0]).toMatch(/^ {2}✗ eno1 of os1 is up and has a signal {2}link-no-carrier, and so 40 more/)
  expect(lines.at(-1)).toBe('  10 yes, 41 no, 0 could not check · round 7 · next in 5 s · Ctrl-C ends')
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
  const many = Array.from({ length: 50 }, (_, i) => ({ ...lost, id: `x/${i}` }))
  teller.tell(round(8, many))
  expect(frame(teller.scene, at, { columns: 80, rows: 10 }, plain).split('\n').length).toBeLessThan(10)
})
