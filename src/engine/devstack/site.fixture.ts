// Decides the server that the tests of DevStack plan for.
// Leaves real ones to plan/.
import { Address } from '../../core/prefix.ts'
import type { HostFacts } from '../../core/site.ts'
import { site } from '../packages/site.fixture.ts'
import type { DevstackSite } from './release-facts.ts'

export function devstackSite(
  engine: Partial<DevstackSite['engine']> = {},
  facts: Partial<HostFacts> = {},
): DevstackSite {
  return {
    ...site(facts),
    open: [
      { port: 22, why: 'ssh' },
      { port: 443, why: 'front' },
    ],
    resolvers: [Address.of('2620:fe::fe'), Address.of('2001:4860:4860::8888')],
    engine: {
      kind: 'devstack',
      release: '2026.1',
      cinder: false,
      gitBase: 'https://opendev.org',
      pipIndex: null,
      imageUrls: [],
      ...engine,
    },
  }
}
