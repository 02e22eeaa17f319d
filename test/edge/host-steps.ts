// Decides how tests carry steps out on a rehearsed server, and what they say of it before a plan does.
// Leaves the steps to delivery/ and agent/, and carrying them out to host/.
import { expect } from 'vitest'
import { Address } from '../../src/core/prefix.ts'
import type { Vault } from '../../src/core/secret.ts'
import type { Shell } from '../../src/core/shell.ts'
import type { Site } from '../../src/core/site.ts'
import type { HostStep } from '../../src/core/step.ts'
import { readFacts } from '../../src/host/facts.ts'
import { HostSteps } from '../../src/host/steps.ts'
import { layOut } from '../../src/plan/addressing.ts'

/** The site that a plan would make of the server behind `shell`, with one tenant network. */
export async function siteOf(shell: Shell, delivery: Site['delivery']): Promise<Site> {
  const addressing = layOut(delivery.block, ['g1'])
  if (!addressing.ok) throw new Error('the block is long enough')
  return {
    name: shell.name,
    // Open vSwitch in user space needs the stricter kernel parameters: the harder case.
    facts: { ...(await readFacts(shell)), ovsKernel: false },
    delivery,
    addressing: addressing.value,
    open: [{ port: 22, why: 'SSH' }],
    resolvers: [Address.of('2001:2:0:ff00::53')],
    engine: { kind: 'packages', release: '2025.1', cinder: false },
  }
}

/** Carries the steps out that are not done; gives the ids of those. */
export async function carryOut(shell: Shell, steps: readonly HostStep[], vault: Vault): Promise<string[]> {
  const host = new HostSteps(shell, steps, vault)
  const carried: string[] = []
  for (const { id } of steps) {
    if ((await host.look(id)).done) continue
    carried.push(id)
    await host.act(id, { line() {}, part() {}, signal: new AbortController().signal })
    expect(await host.look(id, true), id).toMatchObject({ done: true })
  }
  return carried
}
