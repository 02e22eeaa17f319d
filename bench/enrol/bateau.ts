// Decides how bateau enrols the class of the bench: a course file on a cloud that exists already, and `class apply`.
// Leaves measuring it to run.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { homeOf, noteWorld, worldAt } from '../../src/deploy/world.ts'
import { type Class, groupSize, numberOf } from './class.ts'
import { type Contestant, program, type Student } from './run.ts'

const launcher = resolve(import.meta.dirname, '../../bateau')

export function bateau(wanted: Class, cloudsYaml: string, dir: string, version: string): Contestant {
  mkdirSync(dir, { recursive: true })
  const file = join(dir, 'course.yaml')
  const env = Object.fromEntries(
    ['STATE_HOME', 'CONFIG_HOME', 'RUNTIME_DIR'].map((name) => {
      const path = join(dir, name.toLowerCase())
      mkdirSync(path, { recursive: true, mode: 0o700 })
      return [`XDG_${name}`, path]
    }),
  )
  // As `up` would have left it, which would also start the proof's instances.
  noteWorld(worldAt(homeOf(env), wanted.name), { courseFile: file, rehearsal: false })
  const apply = async (students: readonly Student[], ...more: string[]) => {
    writeFileSync(file, courseFile(wanted, cloudsYaml))
    writeFileSync(join(dir, 'roster.csv'), roster(wanted, students))
    await program([launcher, 'class', 'apply', file, '--yes', '--json', ...more], env)
  }
  return {
    name: 'bateau',
    version,
    enrol: (students) => apply(students),
    async remove(leaving, staying) {
      await apply(staying, '--keep-days', '0', ...leaving.flatMap(({ login }) => ['--delete-now', login]))
    },
  }
}

/** Behind routers of the groups in groups as they are taught: a router takes longer with each network that it has. */
function roster({ shape }: Class, students: readonly Student[]): string {
  const lines = students.map(({ login, publicKey }) => ({
    ...{ login, name: login, email: '' },
    ...(shape === 'G' ? { group: `g${Math.floor(numberOf(login) / groupSize)}` } : {}),
    key: publicKey,
  }))
  const head = Object.keys(lines[0] ?? {})
  return `${[head, ...lines.map((line) => Object.values(line))].map((cells) => cells.join(';')).join('\n')}\n`
}

function courseFile(wanted: Class, cloudsYaml: string): string {
  const { quota, shape } = wanted
  return `course: {name: ${wanted.name}, title: A bench, start: 2026-09-01, end: 2027-06-30}
students:
  roster: roster.csv
  columns: {key: key}
instances: {per_student: ${quota.instances}, ram: 256 MiB, disk: 1 GiB}
engine: {kind: adopted}
clouds:
  - name: bench
    entry: bench
    file: ${cloudsYaml}
    seats: 1000
    external: ${wanted.external}
    pool: ${wanted.pool}
    image: ${wanted.image}
    flavor: ${wanted.flavor}
networks:
  direct: false
  class: true
  resolvers: ['2620:fe::fe']
class:
  own_network: ${shape !== 'B'}
  router: ${shape === 'A' ? 'own' : 'group'}
  quota:
    instances: ${quota.instances}
    cores: ${quota.cores}
    ram: ${quota.ram} MiB
    networks: ${quota.networks}
    routers: ${quota.routers}
    ports: ${quota.ports}
    security_groups: ${quota.groups}
    rules: ${quota.rules}
`
}
