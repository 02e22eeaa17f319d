// Decides a made-up run that shows every kind of event, for the views' golden files.
// Leaves how it looks to the views.
import { type EventBody, type RunEvent, schemaVersion } from '../../src/run/events.ts'

/** A second of the run, and what happens in it; no body: nothing but time goes by. */
type Moment = [second: number, body?: EventBody]

const base = Date.parse('2026-11-23T09:00:00Z')
const os1 = { lane: 'host:os1' }
const sync = { ...os1, id: 'os1/openstack/keystone/sync', title: 'Keystone: database schema' }
const nova = { ...os1, id: 'os1/openstack/nova/cells', title: 'Nova: cells' }
const people = { lane: 'cloud:os1', id: 'os1/enrol', title: 'Students' }
const unreachable = {
  code: 'host-unreachable',
  title: 'os2 does not answer on port 22',
  why: 'ssh: connect to host 198.18.0.3 port 22: Connection timed out',
  fix: 'see whether it is up: ./bateau status',
  host: 'os2',
}

export const script: readonly Moment[] = [
  [0, { type: 'run.started', command: 'rehearse', course: 'demo', resumes: '5f0c' }],
  [0, { type: 'plan.made', text: 'demo: 1 server, 4 students, 8 instances', plan: { students: 4 } }],
  [1, { type: 'phase.started', phase: 'engine', title: 'OpenStack on os1', tasks: 5 }],
  [1, { type: 'step.kept', ...os1, id: 'os1/a', title: 'Firewall', seen: 'marker and files as planned' }],
  [1, { type: 'step.kept', ...os1, id: 'os1/b', title: 'Network', seen: 'marker and files as planned' }],
  [2, { type: 'step.started', ...sync, because: 'Keystone keeps users in it', seen: 'no schema' }],
  [
    3,
    {
      type: 'step.line',
      ...sync,
      line: 'INFO \u001B[32m[alembic]\u001B[0m Running upgrade -> 27e647c0fad4\r',
    },
  ],
  [4, { type: 'step.started', ...people, because: 'the roster has 4', seen: '0 of 4' }],
  [5, { type: 'step.part', ...people, done: 3, total: 4 }],
  [9],
  [14],
  [15, { type: 'step.done', ...sync, seconds: 13.2 }],
  [16, { type: 'step.done', ...people, seconds: 12 }],
  [16, { type: 'step.started', ...nova, because: 'every host has its cell', seen: 'no cell1' }],
  [18, { type: 'step.failed', ...nova, seconds: 2, fault: unreachable }],
  [19, { type: 'note', text: 'The network stays up.' }],
  [20, { type: 'phase.started', phase: 'proof', title: 'Proof', tasks: 0 }],
  [
    21,
    {
      type: 'check.result',
      id: 'a',
      title: 'proof-direct answers ping',
      verdict: 'yes',
      seen: '3 of 3',
      vantage: 'the internet',
    },
  ],
  [
    21,
    {
      type: 'check.result',
      id: 'b',
      title: 'proof-class answers ping',
      verdict: 'no',
      seen: '0 of 3',
      vantage: 'the internet',
      fault: { code: 'no-route', title: 'no reply', why: 'os1 has no route to it', fix: './bateau rehearse' },
    },
  ],
  [
    21,
    {
      type: 'check.result',
      id: 'c',
      title: 'tcp/22 of proof-class is open',
      verdict: 'could-not-check',
      seen: 'no way to it',
      vantage: 'the internet',
    },
  ],
  [22, { type: 'report', kind: 'proof', text: '1 yes, 1 no, 1 could not check', data: { yes: 1, no: 1 } }],
  [22, { type: 'run.finished', outcome: 'failed', exitCode: 1, seconds: 22, kept: 2, changed: 2 }],
]

export const timeOf = (second: number) => base + second * 1000

export function eventOf(second: number, body: EventBody): RunEvent {
  return { schema_version: schemaVersion, at: new Date(timeOf(second)).toISOString(), run: 'run-1', ...body }
}
