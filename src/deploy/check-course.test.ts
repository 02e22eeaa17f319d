// What is looked at in a course of several clouds: every instance of every one, also where names and groups are the same.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { RunEvent } from '../run/events.ts'
import { check } from './check-course.ts'
import { exits } from './face.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bateau-check-'))
  for (const name of ['STATE', 'CONFIG', 'CACHE']) vi.stubEnv(`XDG_${name}_HOME`, join(dir, name))
  vi.stubEnv('XDG_RUNTIME_DIR', join(dir, 'run'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(dir, { recursive: true, force: true })
})

/** A group of five, of whom three have room on one server. */
async function idsOf(servers: number): Promise<string[]> {
  const names = Array.from({ length: servers }, (_, i) => `os${i + 1}`)
  const server = (name: string, i: number) =>
    `  - {name: ${name}, provider: rehearsal, cores: 2, ram: ${12 / servers} GiB, disks: [{kind: ssd, size: 60 GB}], ipv6: {delivery: routed, block: '2001:2:0:1${i + 1}00::/56', gateway: ra}}`
  const students = ['Ada', 'Barbara', 'Edsger', 'Grace', 'Margaret']
  writeFileSync(join(dir, 'roster.csv'), `nom;groupe\n${students.map((one) => `${one};g1\n`).join('')}`)
  writeFileSync(
    join(dir, 'course.yaml'),
    `course: {name: nets, title: Networks, start: 2026-09-01, end: 2027-06-30}
students: {roster: roster.csv}
instances: {per_student: 2, ram: 192 MiB, disk: 1 GiB}
servers:
${names.map(server).join('\n')}
engine: {kind: packages}
networks: {direct: true, class: true}
jump: {server: os1}
accept: [group-split]
`,
  )
  const events: RunEvent[] = []
  const face = { event: (event: RunEvent) => void events.push(event), ask: () => Promise.resolve(true) }
  const options = { file: join(dir, 'course.yaml'), only: [], list: true, watch: null, explain: null }
  const code = await check(options, face, new AbortController().signal)
  expect([code, events.flatMap((event) => (event.type === 'fault' ? [event.fault] : []))]).toEqual([
    exits.done,
    [],
  ])
  const report = events.find((event) => event.type === 'report')
  const data = report?.type === 'report' ? (report.data as { probes: { id: string }[] }) : { probes: [] }
  return data.probes.map(({ id }) => id)
}

it('with one cloud an instance is called as it is there', async () => {
  const ids = await idsOf(1)
  expect(ids).toContain('outside/ping-in/proof-direct')
  expect(ids).toContain('jump/in/proof-class-g1')
})

it('with two each has its own, the instances of a group that is split as well', async () => {
  const ids = await idsOf(2)
  for (const cloud of ['os1', 'os2'])
    for (const name of ['proof-direct', 'proof-class-g1'])
      for (const kind of ['outside/ping-in', 'outside/tcp-in', 'outside/login', 'inside/reached', 'jump/in'])
        expect(ids).toContain(`${kind}/${name}@${cloud}`)
  expect(new Set(ids).size).toBe(ids.length)
})
