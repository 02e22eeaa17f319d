import { describe, expect, it } from 'vitest'
import { localShell } from '../host/spawn.ts'
import { edgeDaemons } from './edge-daemons.ts'
import { edgeNetwork } from './edge-network.ts'
import { baseImage } from './image-cache.ts'
import { namespaceScript } from './namespace.ts'
import { baseRecipe, digestOf, edgeRecipe } from './recipe.ts'
import { sampleInput, worldOf } from './sample-world.ts'
import { bootScript, groupOf, supervisorScript } from './supervisor.ts'

const world = worldOf()
const [server] = world.servers
if (!server) throw new Error('the sample has servers')
const image = baseImage('/var/cache/x', 'trixie')

describe('shell texts', () => {
  it.each([
    ['supervisor', supervisorScript(world, server)],
    ['boot', bootScript(world, server, image)],
    ['edge network', namespaceScript(edgeNetwork(world))],
    ['base image', baseRecipe('trixie').finish],
    ['edge image', edgeRecipe().finish],
    ...edgeDaemons(world).map(({ name, argv }): [string, string] => [
      name,
      argv[argv.indexOf('-ec') + 1] ?? '(',
    ]),
  ])('%s: sh finds no fault in it', async (_, text) => {
    expect(await localShell().run(['sh', '-n'], { stdin: text })).toEqual({ code: 0, stdout: '', stderr: '' })
  })
})

describe('a server', () => {
  it('boots with every capability, in a namespace entered before, and registers nowhere', () => {
    const text = bootScript(world, server, image)
    for (const option of ['--capability=all', '--keep-unit', '--register=no', '--boot', '--hostname=os1'])
      expect(text).toContain(option)
    expect(text).not.toContain('--network')
  })

  it('never mounts a disk that an earlier boot still has: the kernel refuses, and it is tried again', () => {
    expect(bootScript(world, server, image)).toMatch(/until mount -t overlay .*,index=on root; do/)
  })

  it("has the machine's git repositories if the course names them, to read only, and is another server then", () => {
    const withGit = bootScript({ ...world, git: '/srv/mirror' }, server, image)
    expect(withGit).toContain(' --bind-ro=/srv/mirror:/srv/git ')
    expect(bootScript(world, server, image)).toBe(withGit.replace(' --bind-ro=/srv/mirror:/srv/git', ''))
  })

  it('has a control group of its own, whatever other world has a server of that name', () => {
    const other = worldOf({ ...sampleInput, directories: { state: '/elsewhere', cache: '/var/cache/x' } })
    expect(groupOf(other, 'os1')).not.toBe(groupOf(world, 'os1'))
  })
})

describe('an image', () => {
  it('is another when its recipe is', () => {
    const recipe = baseRecipe('trixie')
    const digests = [
      recipe,
      { ...recipe, packages: [...recipe.packages, 'tree'] },
      baseRecipe('bookworm'),
      edgeRecipe(),
    ]
    expect(new Set(digests.map(digestOf)).size).toBe(4)
    expect(digestOf(baseRecipe('trixie'))).toBe(digestOf(recipe))
  })
})

describe('daemons', () => {
  it('are another when a secret in their configuration is, though argv never shows it', () => {
    const [, kea] = edgeDaemons(world)
    expect(kea?.argv.join(' ')).not.toMatch(/de:?ad/)
    expect(kea?.text.reveal()).toContain('de:ad')
  })
})
