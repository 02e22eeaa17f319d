import { describe, expect, it } from 'vitest'
import { findings } from '../check/judge.ts'
import type { CheckResult } from '../check/result.ts'
import type { AgentEventBody } from './events.ts'
import { Troubles } from './troubles.ts'

const counts = { kind: 'full', yes: 1, no: 1, unclear: 1, milliseconds: 1 } as const
const result = (
  id: string,
  verdict: CheckResult['verdict'],
  code: string,
  dependsOn: string[] = [],
): CheckResult => ({
  id,
  title: id,
  verdict,
  seen: id,
  vantage: 'os1',
  at: '2026-11-24T00:00:00Z',
  ...(verdict === 'no' ? { fault: { code, title: id, why: id, fix: id } } : {}),
  dependsOn,
})
const noticed = (told: readonly AgentEventBody[]) =>
  told.flatMap((event) => (event.type === 'trouble.noticed' ? [event.code] : []))

describe('what the agent tells as a cause', () => {
  const out = result('out', 'no', 'block-not-delivered', ['lease'])

  it('is not what follows from a trouble that was told and cannot be checked just now', () => {
    const told: AgentEventBody[] = []
    const troubles = new Troubles((event) => told.push(event))
    troubles.tell(findings([result('lease', 'no', 'dhcpv6-silent')]), 0, counts)
    troubles.tell(findings([result('lease', 'could-not-check', ''), out]), 1_000, counts)
    expect(noticed(told)).toEqual(['dhcpv6-silent'])
  })

  it('is it, once what would explain it is seen to be well', () => {
    const told: AgentEventBody[] = []
    const troubles = new Troubles((event) => told.push(event))
    troubles.tell(findings([result('lease', 'no', 'dhcpv6-silent')]), 0, counts)
    troubles.tell(findings([result('lease', 'yes', ''), out]), 1_000, counts)
    expect(noticed(told)).toEqual(['dhcpv6-silent', 'block-not-delivered'])
  })
})
