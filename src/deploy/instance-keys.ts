// Decides which SSH host keys the instances of the proof are known by: those that they say on their serial consoles.
// Leaves instances that say none to ssh, which takes the first key that it sees.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ProofInstance, proofConsole } from '../classroom/proof.ts'
import type { Survey } from '../classroom/survey.ts'
import { consoleMark } from '../image/guest.ts'
import type { World } from './world.ts'

/** The tiny guest makes its key anew at each boot and says it last; a console of one boot has far fewer lines. */
const consoleLines = 200

export const instanceKeys = (world: World): string => join(world.dir, 'instances_known_hosts')

/** Asks Nova, whose word comes through SSH from the server itself, and puts their lines in place of the old ones. Throws Trouble. */
export async function pinInstanceKeys(
  world: World,
  survey: Survey,
  instances: readonly Pick<ProofInstance, 'id' | 'address'>[],
): Promise<void> {
  const lines = await Promise.all(
    instances.map(async ({ id, address }) => {
      const key = saidKey(await proofConsole(survey, id, consoleLines))
      return key === undefined ? [] : [`${address} ${key}`]
    }),
  )
  const path = instanceKeys(world)
  const asked = new Set(instances.map(({ address }) => String(address)))
  const others = linesOf(path).filter((line) => !asked.has(line.split(' ')[0] ?? ''))
  // Several commands may do so at once.
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, [...others, ...lines.flat()].map((line) => `${line}\n`).join(''), { mode: 0o600 })
  renameSync(draft, path)
}

/** The last host key said on a console: by the tiny guest, or by cloud-init (its module cc_keys_to_console). */
export function saidKey(text: string): string | undefined {
  let listed = false
  const said = text.split('\n').map((line) => {
    if (line.includes('BEGIN SSH HOST KEY KEYS')) listed = true
    if (line.includes('END SSH HOST KEY KEYS')) listed = false
    const key = /(?:host-key=|^|\s)(ssh-ed25519 [A-Za-z0-9+/=]+)/.exec(line)?.[1]
    return listed || line.includes(consoleMark) ? key : undefined
  })
  return said.findLast((key) => key !== undefined)
}

function linesOf(path: string): string[] {
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : []
}
