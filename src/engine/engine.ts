// Decides which engine makes the cloud of a server.
// Leaves each engine to its directory, and whether it may run on a host to core/release.
import type { Site } from '../core/site.ts'
import { devstack } from './devstack/engine.ts'
import type { Engine } from './kind.ts'
import { packages } from './packages/engine.ts'

const engines = { packages, devstack } satisfies Record<Site['engine']['kind'], Engine>

export const engineOf = (site: Site): Engine => engines[site.engine.kind]
