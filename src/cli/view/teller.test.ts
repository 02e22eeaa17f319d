// Holds what is said of a run to text: names and answers of students never drive the teacher's terminal.
import { expect, it } from 'vitest'
import type { RunEvent } from '../../run/events.ts'
import { painter } from './paint.ts'
import { Teller } from './teller.ts'

const evil = 'net\u001B]0;owned\u0007\u001B[2J'
const head = { at: '2027-02-08T09:00:00.000Z', run: 'r', seq: 1 }

it.each([
  [{ type: 'report', kind: 'class-status', text: `  ada  ${evil}\n1 seat`, data: {} }],
  [{ type: 'note', text: evil }],
  [{ type: 'step.done', id: 'x', title: `Network ${evil}`, lane: 'local', seconds: 1 }],
])('%o is shown without escapes', (event) => {
  const said = new Teller(painter(false), 'bateau').tell({ ...head, ...event } as unknown as RunEvent)
  expect(said).toHaveLength(1)
  expect(said[0]?.text).toContain('net')
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(said[0]?.text).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/)
})
