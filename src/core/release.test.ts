import { describe, expect, it } from 'vitest'
import { distributionsOf, unsupported } from './release.ts'

const os = (id: string, codename: string) => ({ id, codename })
const trixie = os('debian', 'trixie')
const bookworm = os('debian', 'bookworm')

describe('a release', () => {
  it.each([
    ['packages', '2025.1', trixie],
    ['devstack', '2025.1', bookworm],
    ['devstack', '2025.1', os('ubuntu', 'jammy')],
    ['devstack', '2025.2', os('ubuntu', 'noble')],
    ['devstack', '2026.1', trixie],
    ['devstack', '2026.1', bookworm],
    ['devstack', 'master', trixie],
  ] as const)('%s %s runs on %o', (kind, release, where) => {
    expect(unsupported({ kind, release }, where)).toBeNull()
  })

  it.each([
    ['packages', '2025.1', bookworm, '2026.1'],
    ['devstack', '2025.1', trixie, '2026.1'],
    ['devstack', '2026.1', os('ubuntu', 'jammy'), '2025.2'],
  ] as const)('%s %s does not run on %o, and %s would', (kind, release, where, other) => {
    expect(unsupported({ kind, release }, where)?.fix).toContain(`release: '${other}'`)
  })

  it('runs nowhere on a distribution that none knows, which must then be another', () => {
    const reason = unsupported({ kind: 'devstack', release: '2026.1' }, os('debian', 'bullseye'))
    expect(reason?.fix).toBe("install Debian 13 on it in the provider's console")
  })

  it('names its distributions, best first', () => {
    expect(distributionsOf({ kind: 'devstack', release: '2025.1' })[0]).toBe('Ubuntu 24.04')
  })
})
