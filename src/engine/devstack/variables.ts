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

/** Of families that every project has one of. */
const families: readonly (readonly [ending: RegExp, does: string])[] = [
  [/_REPO$/, 'where this project is fetched from'],
  [/_BRANCH$/, 'branch or tag of this project'],
  [/_DIR$/, 'a directory of this project'],
  [/_SERVICE_HOST$/, 'where this service is'],
  [/_SERVICE_PORT(?:_INT)?$/, 'port of this service'],
  [/_SERVICE_LISTEN_ADDRESS$/, 'where this service listens'],
  [/_SERVICE_PROTOCOL$/, 'scheme of the address of this service'],
  [/_ENFORCE_SCOPE$/, 'this service refuses tokens of the wrong scope'],
  [/_(?:CONF|CONF_FILE|PASTE_INI)$/, 'a configuration file of this service'],
]

/** What a variable does, by its name or by its family; undefined where only DevStack's source says it. */
export const purposeOf = (name: string): string | undefined =>
  variables.get(name)?.does ?? families.find(([ending]) => ending.test(name))?.[1]
