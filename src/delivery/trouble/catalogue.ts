// Decides the list of all that can be wrong with the network of a server, each declared once.
// Leaves the words to a file a topic, and which look shows which to expect/ and check/.
import type { Fault } from '../../core/fault.ts'
import type { Site } from '../../core/site.ts'
import { no, type About, type Seen } from '../../core/verdict.ts'
import { addressKinds } from './address.ts'
import { type TroubleCode, troubleCodes } from './code.ts'
import { filterKinds } from './filter.ts'
import { kernelKinds } from './kernel.ts'
import type { TroubleKind } from './kind.ts'
import { leaseKinds } from './lease.ts'
import { linkKinds } from './link.ts'
import { pathKinds } from './path.ts'
import { routeKinds } from './route.ts'

export const troubles: Readonly<Record<TroubleCode, TroubleKind>> = {
  ...linkKinds,
  ...leaseKinds,
  ...addressKinds,
  ...routeKinds,
  ...kernelKinds,
  ...filterKinds,
  ...pathKinds,
}

export const isTroubleCode = (code: string): code is TroubleCode =>
  (troubleCodes as readonly string[]).includes(code)

/** A `no` with the catalogue's words: what was seen is the look's own. */
export function broken(site: Site, code: TroubleCode, seen: string, about?: About): Seen {
  return { ...no(seen, troubleFault(site, code)), ...(about ? { about } : {}) }
}

export function troubleFault(site: Site, code: TroubleCode): Fault {
  const kind = troubles[code]
  return { code, title: kind.title(site), why: kind.why(site), fix: kind.fix(site), host: site.name }
}
