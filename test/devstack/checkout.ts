// Decides which commit and which release a checkout of DevStack is.
// Leaves reading its scripts to deploy/devstack-checkout.
import type { Checkout } from '../../src/engine/devstack/names/checkout.ts'
import { type Release, releases } from '../../src/engine/devstack/release.ts'
import { spawnRun } from '../../src/host/spawn.ts'

export async function commitOf(top: string): Promise<string> {
  return (await spawnRun(['git', '-C', top, 'rev-parse', 'HEAD'])).stdout.trim()
}

/** What stackrc says it deploys: `stable/2025.1`, `unmaintained/2025.1` or `master`. */
export function releaseOf(checkout: Checkout): Release {
  const branch = /^TARGET_BRANCH=(\S+)$/m.exec(checkout.get('stackrc') ?? '')?.[1] ?? ''
  const release = releases.find((one) => branch.endsWith(`/${one}`) || branch === one)
  if (release === undefined) throw new Error(`no release of this table deploys ${branch}`)
  return release
}
