// Decides how a block that was given whole to one network would be laid out instead.
// Leaves whether it has to be to prefixes; it is the layout that bateau makes itself (docs/addressing.md).
import { Address, Prefix } from '../../../../core/prefix.ts'
import type { Given } from '../finding.ts'

export type Layout = { public: Prefix; gateway: Address; pool: Prefix }

/** The second /64 for instances directly on the public network, the upper half for students' networks. */
export function layoutOf(block: Prefix): Layout | null {
  const direct = block.nth(64, 1)
  const pool = block.nth(block.length + 1, 1)
  if (block.length > 60 || !direct || !pool) return null
  return { public: direct, gateway: direct.host(1), pool }
}

/** The block where IPV6_PUBLIC_RANGE is one, and not a single /64. */
export function blockOf({ value }: Given): Prefix | null {
  const range = prefixOf(value('IPV6_PUBLIC_RANGE'))
  return range !== null && range.length < 64 ? range : null
}

/** What a block would become; null where there is none. */
export function wantedLayout(given: Given): Layout | null {
  const block = blockOf(given)
  return block && layoutOf(block)
}

export function prefixOf(text: string | null): Prefix | null {
  const parsed = text === null ? null : Prefix.parse(text)
  return parsed?.ok ? parsed.value : null
}

export function addressOf(text: string | null): Address | null {
  const parsed = text === null ? null : Address.parse(text)
  return parsed?.ok ? parsed.value : null
}
