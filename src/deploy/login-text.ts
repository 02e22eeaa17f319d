// Decides what a person is told at the end: addresses, how to log in, where things are.
// Leaves proving that it works to prove.
import type { Site } from '../core/site.ts'
import type { ProofInstance } from '../check/proof-input.ts'
import { publicUrl } from '../engine/urls.ts'
import type { Plan } from '../plan/plan.ts'
import type { World } from './world.ts'

export function loginText(
  world: World,
  plan: Plan,
  sites: readonly Site[],
  instances: readonly ProofInstance[],
): string {
  const width = Math.max(9, ...instances.map(({ name }) => name.length))
  const row = (name: string, what: string) => `  ${name.padEnd(width)}  ${what}`
  return [
    'Instances',
    ...instances.map(({ name, address }) => row(name, `${address}   ./bateau ssh ${name}`)),
    ...(sites.length > 0 ? ['Servers'] : []),
    ...sites.map((site) => row(site.name, `${site.addressing.service}   ./bateau ssh ${site.name}`)),
    ...sites.map((site) =>
      row('dashboard', publicUrl(site, '/') + (sites.length > 1 ? `   of ${site.name}` : '')),
    ),
    'Files',
    row('students', `${world.students}   keys and clouds.yaml of ${plan.course.students.length} students`),
    row('journal', world.journal),
    'Next',
    row('again', './bateau check       the proof, at any time'),
    row(
      'away',
      plan.clouds.length > 0
        ? './bateau down        what was made for the course, out of its clouds'
        : './bateau down        the machine as it was',
    ),
  ].join('\n')
}
