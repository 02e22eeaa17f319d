// Decides which values are not of the kind that their variable takes.
// Leaves what follows from values that are to the other rules.
import { isIPv4 } from 'node:net'
import { Address, Prefix } from '../../../../core/prefix.ts'
import type { Kind } from '../../variable.ts'
import { variables } from '../../variables.ts'
import { about, type Draft, type Rule, shown } from '../finding.ts'

type Objection = { why: string; fix: string }

const kinds: Rule = ({ settings, knows, release }) =>
  settings.each.flatMap((setting): Draft[] => {
    const kind = variables.get(setting.name)?.kind
    const known = knows(setting.name)
    if (kind === undefined || !known || setting.text === null || setting.text === '' || setting.isSecret)
      return []
    const objection = objectionTo(setting.text.trim(), kind)
    if (!objection) return []
    return [
      about(setting, {
        code: 'value-of-no-use',
        verdict: 'wrong',
        title: `${setting.name} cannot be ${shown(setting)}`,
        ...objection,
        source: `${known.place}@${release}`,
      }),
    ]
  })

function objectionTo(text: string, kind: Kind): Objection | null {
  if (typeof kind === 'object')
    return kind.oneOf.includes(text)
      ? null
      : { why: `it is one of ${kind.oneOf.join(', ')}`, fix: `write one of them${caseOf(text, kind.oneOf)}` }
  if (kind === 'address6') {
    const bare = Address.parse(text)
    if (bare.ok) return null
    const hint = /^\[.*\]$/.test(text)
      ? 'write it without brackets'
      : isIPv4(text)
        ? 'this is an IPv4 address'
        : ''
    return {
      why: 'it is one IPv6 address, without length, zone or brackets',
      fix: hint || 'write it as in 2001:db8:17::1',
    }
  }
  if (kind === 'address4')
    return isIPv4(text)
      ? null
      : { why: 'it is one IPv4 address, without a length', fix: 'write it as in 192.0.2.10' }
  if (kind === 'prefix6') {
    const parsed = Prefix.parse(text)
    const [fault] = parsed.ok ? [] : parsed.faults
    return fault ? { why: fault.why, fix: fault.fix } : null
  }
  if (kind === 'prefix4') {
    const [address = '', length = ''] = text.split('/')
    const isFine = isIPv4(address) && /^\d{1,2}$/.test(length) && Number(length) <= 32
    return isFine
      ? null
      : { why: 'it is an IPv4 address, a slash and a length up to 32', fix: 'write it as in 172.24.4.0/24' }
  }
  if (kind === 'number')
    return /^\d+$/.test(text) ? null : { why: 'it is a whole number', fix: 'write digits only' }
  return null
}

function caseOf(text: string, words: readonly string[]): string {
  const meant = words.find((word) => word.toLowerCase() === text.toLowerCase())
  return meant === undefined ? '' : `: ${meant}`
}

export const kindRules: readonly Rule[] = [kinds]
