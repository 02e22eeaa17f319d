// Decides how a checkout of DevStack is read from the disk: the scripts in it, and nothing else.
// Leaves what they say to engine/devstack/names.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type Checkout, isRead } from '../engine/devstack/names/checkout.ts'

/** Throws what node:fs throws. */
export function readCheckout(top: string): Checkout {
  return new Map(
    readdirSync(top, { recursive: true, encoding: 'utf8' })
      .filter((path) => isRead(path) && statSync(join(top, path)).isFile())
      .map((path) => [path, readFileSync(join(top, path), 'utf8')]),
  )
}
