// Measures enrolling the same class by bateau, Ansible and the openstack CLI, one after the other on one real cloud: seconds, calls, the servers' own CPU.
// Asserts nothing. Leaves how each of them enrols to enrol/, and reading the numbers to a person.
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { join } from 'node:path'
import { it } from 'vitest'
import { Prefix } from '../src/core/prefix.ts'
import { localShell } from '../src/host/spawn.ts'
import { ansible, type Way } from './enrol/ansible.ts'
import { bateau } from './enrol/bateau.ts'
import { type Class, loginOf, numbersOf, type Shape } from './enrol/class.ts'
import { client } from './enrol/client.ts'
import { authorityOf, benchEntry, clear, endpointsOf, type Entry, openAdmin } from './enrol/cloud.ts'
import { page } from './enrol/page.ts'
import { Relay } from './enrol/relay.ts'
import { kept, put, type Steps } from './enrol/results.ts'
import { type Contestant, measure, type Student } from './enrol/run.ts'
import { sum } from './enrol/server-cpu.ts'
import { toolsOf } from './enrol/tools.ts'

const hour = 3_600_000
const env = process.env
const given = {
  students: Number(env['BATEAU_BENCH_STUDENTS'] ?? 44),
  /** Measured of those that take seconds a student; the rest is extrapolated, and said to be. */
  slow: Number(env['BATEAU_BENCH_SLOW'] ?? 3),
  shapes: (env['BATEAU_BENCH_SHAPES'] ?? 'B,G,A').split(',') as Shape[],
  only: (env['BATEAU_BENCH_ONLY'] ?? 'bateau,Ansible,openstack CLI').split(','),
  external: env['BATEAU_BENCH_EXTERNAL'] ?? 'transit',
  pool: env['BATEAU_BENCH_POOL'] ?? 'pool',
  image: env['BATEAU_BENCH_IMAGE'] ?? 'tiny',
  flavor: env['BATEAU_BENCH_FLAVOR'] ?? 'proof.tiny',
  /** What earlier runs measured is kept, and on the page beside it. */
  results: env['BATEAU_BENCH_RESULTS'] ?? 'bench/enrol/results.json',
  page: env['BATEAU_BENCH_PAGE'] ?? 'docs/bench-enrol.md',
}

it('enrol', { timeout: 6 * hour }, async () => {
  const entry = benchEntry()
  const admin = await openAdmin(entry)
  const tools = await toolsOf()
  const relay = await Relay.open(await endpointsOf(entry, admin), authorityOf(entry))
  const dir = mkdtempSync('/var/tmp/bateau-enrol-')
  const pools = await admin.network.subnetPools()
  const prefix = Prefix.of(pools.find(({ name }) => name === given.pool)?.prefixes[0] ?? '')
  try {
    for (const shape of given.shapes) {
      const name = `bench-${shape.toLowerCase()}`
      const wanted: Class = { ...given, name, shape, prefix, quota: numbersOf(shape) }
      const way = (who: string): Way => {
        const own = join(dir, `${name}-${who}`)
        mkdirSync(own, { recursive: true })
        const cloudsYaml = join(own, 'clouds.yaml')
        writeFileSync(cloudsYaml, JSON.stringify({ clouds: { bench: through(relay, entry) } }), {
          mode: 0o600,
        })
        const authUrl = relay.via(entry.auth.auth_url)
        return { dir: own, cloudsYaml, authUrl, region: entry.region_name, interface: entry.interface }
      }
      const [one, two, three] = [way('bateau'), way('ansible'), way('client')]
      const contestants: (readonly [Contestant, number])[] = [
        [bateau(wanted, one.cloudsYaml, one.dir, 'this tree'), given.students],
        // Neither has groups: behind a router of the group is bateau's alone.
        ...(shape === 'G'
          ? []
          : ([
              [ansible(wanted, two, tools), Math.min(given.slow, given.students)],
              [client(wanted, three, tools), Math.min(given.slow, given.students)],
            ] as const)),
      ]
      for (const [contestant, students] of contestants) {
        if (!given.only.includes(contestant.name)) continue
        await clear(admin, name)
        try {
          const keep = (steps: Steps) => {
            put(given.results, {
              shape,
              students: given.students,
              contestant: contestant.name,
              version: contestant.version,
              measured: students,
              machine: machine(),
              steps,
            })
            writeFileSync(given.page, page(kept(given.results)))
          }
          await carryOut(relay, contestant, await studentsOf(name, students + 1), keep)
        } finally {
          await clear(admin, name)
        }
      }
    }
  } finally {
    relay.close()
    rmSync(dir, { recursive: true, force: true })
  }
})

/**
 * With nobody (what is made for all), again with nobody (starting and looking), all but one, again, one more, and all but that
 * one leave. Kept before those leave, and after: a large class takes an hour.
 */
async function carryOut(
  relay: Relay,
  contestant: Contestant,
  students: readonly Student[],
  keep: (steps: Steps) => void,
): Promise<void> {
  const all = students.slice(0, -1)
  const last = students.slice(-1)
  const step = (name: string, act: () => Promise<void>) =>
    measure(relay, act).then((one) => {
      const words = one.failed === null ? '' : `, FAILED: ${one.failed}`
      process.stdout.write(
        `${contestant.name} ${name}: ${one.seconds.toFixed(1)} s, ${one.calls} calls, ${sum(one.server).toFixed(1)} CPU-s${words}\n`,
      )
      return one
    })
  // bateau refuses an empty roster; it is measured whole and needs no extrapolation.
  const isWhole = contestant.name === 'bateau'
  const common = isWhole ? null : await step('with nobody', () => contestant.enrol([]))
  const idle = isWhole ? null : await step('again with nobody', () => contestant.enrol([]))
  const steps = {
    common,
    idle,
    first: await step('first', () => contestant.enrol(all)),
    again: await step('again', () => contestant.enrol(all)),
    added: await step('one added', () => contestant.enrol([...all, ...last])),
  }
  keep({ ...steps, removed: null })
  keep({ ...steps, removed: await step('removal', () => contestant.remove(all, last)) })
}

const through = (relay: Relay, entry: Entry) => {
  const { cacert: _, ...rest } = entry
  return { ...rest, auth: { ...entry.auth, auth_url: relay.via(entry.auth.auth_url) } }
}

async function studentsOf(course: string, count: number): Promise<Student[]> {
  const dir = mkdtempSync('/var/tmp/bateau-enrol-keys-')
  const path = join(dir, 'key')
  const shell = localShell()
  await shell.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'bench', '-f', path])
  const publicKey = (await shell.run(['cat', `${path}.pub`])).stdout.trim()
  rmSync(dir, { recursive: true })
  return Array.from({ length: count }, (_, i) => ({
    login: loginOf(course, i),
    password: randomBytes(18).toString('hex'),
    publicKey,
  }))
}

const machine = () => ({
  cores: cpus().length,
  words: `${cpus().length} cores (${cpus()[0]?.model ?? '?'}), ${Math.round(totalmem() / 2 ** 30)} GiB`,
  day: new Date().toISOString().slice(0, 10),
})
