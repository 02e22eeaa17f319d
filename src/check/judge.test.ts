// Holds the judge to its exit codes, and to causes before what follows from them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exitCode, findings } from './judge.ts'
import { reportJson, reportText } from './report.ts'
import type { Verdict } from '../core/verdict.ts'
import type { CheckResult } from './result.ts'

const result = (id: string, verdict: Verdict, dependsOn: string[] = []): CheckResult => ({
  id,
  title: `claim ${id}`,
  verdict,
  seen: `seen ${id}`,
  vantage: 'the internet',
  at: '2026-01-01T00:00:00.000Z',
  ...(verdict === 'no'
    ? { fault: { code: `code-${id}`, title: id, why: `why ${id}`, fix: `fix ${id}`, host: 'os1' } }
    : {}),
  ...(dependsOn.length > 0 ? { dependsOn } : {}),
})

describe('the exit code', () => {
  it.each([
    [['yes', 'yes'], 0],
    [['yes', 'no', 'could-not-check'], 1],
    [['yes', 'could-not-check'], 4],
    [[], 4],
  ] as const)('of %j is %i', (verdicts, code) => {
    expect(exitCode(verdicts.map((verdict, i) => result(String(i), verdict)))).toBe(code)
  })
})

describe('findings', () => {
  it('put the cause first and what follows from it under it', () => {
    const all = [
      result('login', 'could-not-check', ['tcp']),
      result('tcp', 'no', ['ping']),
      result('ping', 'no', ['forwarding', 'lease']),
      result('lease', 'no'),
      result('forwarding', 'yes'),
      result('firewall', 'no'),
    ]
    expect(findings(all).map((one) => [one.result.id, one.follows.map((r) => r.id)])).toEqual([
      ['lease', ['login', 'tcp', 'ping']],
      ['firewall', []],
    ])
  })

  it('never explain what is proven broken by what could not be checked', () => {
    const all = [
      result('host', 'could-not-check'),
      result('lease', 'could-not-check', ['host']),
      result('ping', 'no', ['lease']),
    ]
    expect(findings(all).map((one) => [one.result.id, one.follows.map((r) => r.id)])).toEqual([
      ['ping', []],
      ['host', ['lease']],
    ])
  })

  it('name every result that is not yes exactly once, whatever depends on what, rings included', () => {
    const verdict = fc.constantFrom<Verdict>('yes', 'no', 'could-not-check')
    const ids = ['a', 'b', 'c', 'd', 'e']
    const world = fc.tuple(
      ...ids.map((id) => fc.tuple(verdict, fc.subarray(ids)).map(([v, on]) => result(id, v, on))),
    )
    fc.assert(
      fc.property(world, (all) => {
        const named = findings(all).flatMap((one) => [one.result, ...one.follows].map((r) => r.id))
        expect(named.sort()).toEqual(
          all
            .filter((r) => r.verdict !== 'yes')
            .map((r) => r.id)
            .sort(),
        )
      }),
    )
  })
})

describe('the report', () => {
  const all = [result('lease', 'no'), result('ping', 'no', ['lease']), result('host', 'yes')]

  it('shows each check with what was seen and from where, then causes with why and fix', () => {
    expect(reportText(all)).toBe(`NO   claim lease  (seen lease; from the internet)
NO   claim ping  (seen ping; from the internet)
yes  claim host  (seen host; from the internet)

os1  claim lease: NO
  seen      seen lease
  because   why lease
  fix       fix lease
  and so    claim ping

1 yes, 2 no, 0 could not be checked
`)
  })

  it('says the same to programs', () => {
    expect(reportJson(all)).toMatchObject({
      schema_version: 1,
      exit_code: 1,
      findings: [{ id: 'lease', code: 'code-lease', follows: ['ping'] }],
    })
  })
})
