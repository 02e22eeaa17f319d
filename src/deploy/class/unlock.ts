// Decides what `bateau class unlock` does: says who holds the locks of the class in its clouds, asks, and breaks them.
// Leaves taking and giving back to those who write.
import { breakLock, type Held, heldWords, lockHolder } from '../../classroom/cloud-lock.ts'
import { type ExitCode, exits, type Face } from '../face.ts'
import { type ClassCloud, type ClassOptions, withClass } from './open-class.ts'

export function classUnlock(options: ClassOptions, face: Face, signal: AbortSignal): Promise<ExitCode> {
  return withClass('class unlock', options, face, signal, async ({ run, course, clouds }) => {
    const looked = await Promise.all(clouds.map((cloud) => holderIn(cloud, course.name)))
    const held = looked.flatMap((one) => (one.held === null ? [] : [{ ...one, held: one.held }]))
    const now = Date.now()
    const report = (text: string, broken: boolean) =>
      run.emit({
        type: 'report',
        kind: 'class-unlock',
        text,
        data: { locks: held.map(({ cloud, held: by }) => ({ cloud: cloud.name, ...shown(by) })), broken },
      })
    if (held.length === 0) {
      report('nobody holds a lock on this class', false)
      return exits.done
    }
    const lines = held.map(({ cloud, held: by }) => `${cloud.name}: ${heldWords(by, now)}`)
    report(lines.join('\n'), false)
    const question = `Taken away, that run stops as soon as it notices, and what it was doing stays half done until the next run. Break ${held.length === 1 ? 'the lock' : 'the locks'}?`
    if (!(await face.ask(question, true))) return exits.refused
    await Promise.all(held.map(async ({ cloud }) => breakLock(await cloud.deps.cloud(), course.name)))
    report('broken', true)
    return exits.done
  })
}

async function holderIn(
  cloud: ClassCloud,
  course: string,
): Promise<{ cloud: ClassCloud; held: Held | null }> {
  return { cloud, held: await lockHolder(await cloud.deps.cloud(), course) }
}

const shown = ({ who, host, command, since, beat }: Held) => ({ who, host, command, since, beat })
