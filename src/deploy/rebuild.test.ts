import { describe, expect, it } from 'vitest'
import { broken, courseOf, soundText } from '../../test/story/sound-course.ts'
import type { Site } from '../core/site.ts'
import { devstackSite } from '../engine/devstack/site.fixture.ts'
import { site as packagesSite } from '../engine/packages/site.fixture.ts'
import type { Face } from './face.ts'
import type { Ground } from './ground.ts'
import { consentToRebuild, forgetRebuilds, rebuildTasks } from './rebuild.ts'

const devstack = courseOf(broken(['budget: 200', 'engine: {kind: devstack}']))

function answering(answer: boolean): Face & { asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    event: () => {},
    ask: async (question) => {
      asked.push(question)
      return answer
    },
  }
}

/** Notes what is run where; every command ends with `code`. */
function ground(code = 0) {
  const ran: string[] = []
  const shell = (name: string) => ({
    run: async (argv: readonly string[]) => {
      ran.push(`${name}: ${argv.join(' ')}`)
      return { code, stdout: '', stderr: code === 0 ? '' : 'no' }
    },
  })
  return { ran, ground: { reach: { shell } } as unknown as Ground }
}

const progress = { line: () => {}, part: () => {}, signal: new AbortController().signal }
const named = (site: Site, name: string): Site => ({ ...site, name })

describe('a cloud is built anew', () => {
  it('only for who is asked and agrees, knowing what goes', async () => {
    const face = answering(true)
    expect(await consentToRebuild(devstack, ['os1'], face)).toEqual([])
    expect(face.asked.join()).toMatch(/os1 is taken away: instances, their disks/)
    const faults = await consentToRebuild(devstack, ['os1'], answering(false))
    expect(faults.map(({ code }) => code)).toEqual(['not-agreed'])
  })

  it('and nobody is asked where nothing is to be built', async () => {
    const face = answering(false)
    expect(await consentToRebuild(devstack, [], face)).toEqual([])
    expect(face.asked).toEqual([])
  })

  it('not on a server that the course has not got, nor from packages', async () => {
    const face = answering(true)
    expect((await consentToRebuild(devstack, ['os9'], face)).map(({ code }) => code)).toEqual([
      'no-such-server',
    ])
    expect((await consentToRebuild(courseOf(soundText), ['os1'], face)).map(({ code }) => code)).toEqual([
      'not-rebuilt',
    ])
    expect(face.asked).toEqual([])
  })

  it('on the server that was named, and on no other', async () => {
    const { ran, ground: on } = ground()
    const sites = [named(devstackSite(), 'os1'), named(devstackSite(), 'os2'), packagesSite()]
    const [task, ...more] = rebuildTasks(sites, ['os2'], on)
    expect(more).toEqual([])
    expect((await task?.look())?.done).toBe(false)
    await task?.act(progress)
    expect((await task?.look())?.done).toBe(true)
    expect(ran).toHaveLength(1)
    expect(ran[0]).toMatch(/^os2: perl \S+ ask /)
  })

  it('by no run that did not ask for it: a request that did not begin is taken back', async () => {
    const { ran, ground: on } = ground(2)
    await forgetRebuilds(
      [named(devstackSite(), 'os1'), named(devstackSite(), 'os2'), packagesSite()],
      ['os2'],
      on,
    )
    expect(ran).toHaveLength(1)
    expect(ran[0]).toMatch(/^os1: perl \S+ keep /)
  })

  it('and a server that has no cloud yet has nothing to build anew', async () => {
    const [task] = rebuildTasks([devstackSite()], ['os1'], ground(2).ground)
    await task?.act(progress)
    expect((await task?.look())?.done).toBe(true)
    const [failing] = rebuildTasks([devstackSite()], ['os1'], ground(1).ground)
    await expect(failing?.act(progress)).rejects.toThrow('no')
  })
})
