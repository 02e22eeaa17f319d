// Decides a small class on a cloud that exists: homes of its own, its course file and roster, a fake cloud on a port of
// this machine. Leaves what is done with it, and what is seen of that, to the tests.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { FakeCloud } from '../../../test/fake/openstack/server.ts'
import { homeOf, noteWorld, worldAt } from '../world.ts'

/** As in the course file: it takes all seats that these tests need. */
export const cloudNamed = (name: string) => ({
  name,
  file: 'clouds.yaml',
  seats: 9,
  image: 'debian-13',
  flavor: 'm1.small',
})

/** Ada and Grace in group a of the course `nets`, on the cloud `lyon`: known to bateau, not enrolled yet. */
export async function startClass(name: string): Promise<{ dir: string; fake: FakeCloud }> {
  const dir = mkdtempSync(join(tmpdir(), `bateau-${name}-`))
  for (const home of ['STATE', 'CONFIG', 'CACHE']) vi.stubEnv(`XDG_${home}_HOME`, join(dir, home))
  vi.stubEnv('XDG_RUNTIME_DIR', join(dir, 'run'))
  const fake = await new FakeCloud().start()
  await fake.listen()
  fake.state.images.push({ id: 'img', name: 'debian-13', status: 'active', visibility: 'public', tags: [] })
  fake.state.flavors.push({ id: 'flv', name: 'm1.small', vcpus: 1, ram: 512, disk: 1 })
  writeClouds(dir, { lyon: fake })
  writeCourse(dir)
  writeRoster(dir, ['ada', 'grace'])
  noteWorld(worldAt(homeOf(process.env), 'nets'), { courseFile: join(dir, 'course.yaml'), rehearsal: false })
  return { dir, fake }
}

export async function endClass(dir: string, fake: FakeCloud): Promise<void> {
  vi.unstubAllEnvs()
  await fake.stop()
  rmSync(dir, { recursive: true, force: true })
}

export function writeClouds(dir: string, fakes: Readonly<Record<string, FakeCloud>>): void {
  const auth = { username: 'admin', password: 'admin-password', project_name: 'admin' }
  const clouds = Object.fromEntries(
    Object.entries(fakes).map(([name, { address }]) => [
      name,
      { auth: { ...auth, auth_url: `${address}/identity` } },
    ]),
  )
  writeFileSync(join(dir, 'clouds.yaml'), JSON.stringify({ clouds }))
}

/** `more` takes the place of whole sections. */
export function writeCourse(dir: string, more: object = {}): void {
  const course = {
    course: { name: 'nets', title: 'Networks', start: '2026-01-01', end: '2099-01-01' },
    students: { roster: 'roster.csv' },
    instances: { per_student: 1, ram: '512 MiB', disk: '1 GiB' },
    engine: { kind: 'adopted' },
    clouds: [cloudNamed('lyon')],
    networks: { direct: false, class: false },
    ...more,
  }
  writeFileSync(join(dir, 'course.yaml'), JSON.stringify(course))
}

/** Everybody in group a; with a team, everybody in it. */
export function writeRoster(dir: string, names: readonly string[], team?: string): void {
  const [column, cell] = team === undefined ? ['', ''] : [';team', `;${team}`]
  const lines = names.map((name) => `${name};${name};a${cell}\n`)
  writeFileSync(join(dir, 'roster.csv'), `login;nom;groupe${column}\n${lines.join('')}`)
}
