// Decides what bateau knows of DevStack's variables: what each does, which values it takes, what it needs to have an effect.
// Leaves that they exist, their defaults and places to names/, which was read from DevStack itself.
import type { Variable } from './variable.ts'
import { computeVariables } from './variables-compute.ts'
import { installVariables } from './variables-install.ts'
import { networkVariables } from './variables-network.ts'
import { serviceVariables } from './variables-services.ts'

export const variables: ReadonlyMap<string, Variable> = new Map(
  [...networkVariables, ...serviceVariables, ...computeVariables, ...installVariables].map(
    ([name, kind, does, needs]) => [name, { name, kind, does, ...(needs ? { needs } : {}) }],
  ),
)
