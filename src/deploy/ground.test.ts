import { describe, expect, it } from 'vitest'
import { broken, courseOf } from '../../test/story/sound-course.ts'
import { gitInside, pythonIndex } from '../rehearsal/places.ts'
import { rehearsalOf } from './ground.ts'
import { homeOf, worldAt } from './world.ts'

const world = worldAt(homeOf({ HOME: '/home/me' }), 'sound')
type Edit = readonly [from: string, to: string]
const rehearsed = (...edits: readonly Edit[]) => rehearsalOf(courseOf(broken(...edits)), world)
const engine = (text: string): Edit => ['budget: 200', `engine: {${text}}`]

describe('a rehearsed server', () => {
  it.each([
    ['packages', 'kind: packages', 'trixie'],
    ['DevStack', 'kind: devstack', 'trixie'],
    ['DevStack 2025.1', "kind: devstack, release: '2025.1'", 'bookworm'],
    ['DevStack 2025.2', "kind: devstack, release: '2025.2'", 'bookworm'],
    ['DevStack 2026.1', "kind: devstack, release: '2026.1'", 'trixie'],
    ['DevStack of today', 'kind: devstack, release: master', 'trixie'],
  ])('of %s has the Debian that it runs on', (_, text, expected) => {
    expect(rehearsed(engine(text)).servers.map(({ release }) => release)).toEqual([expected])
  })

  it('has the Debian that the course file names', () => {
    const made = rehearsed(engine("kind: devstack, release: '2026.1'"), [
      'provider: adopted',
      'provider: rehearsal\n    os: debian-12',
    ])
    expect(made.servers[0]?.release).toBe('bookworm')
  })

  it('reads git repositories from beside the course file', () => {
    const made = rehearsed(['budget: 200', 'rehearsal: {git: git-mirror}'])
    expect([made.git, gitInside(made)]).toEqual([`${process.cwd()}/git-mirror`, '/srv/git'])
    expect(gitInside(rehearsed())).toBeNull()
  })

  it('finds the Python index in the internet', () => {
    expect(pythonIndex(rehearsed())).toBe('http://[2001:2:0:ff00::2]:3142/pypi/simple/')
  })
})
