import { createServer, type Server } from 'node:http'
import { afterAll, describe, expect, it } from 'vitest'
import type { CheckResult } from '../check/result.ts'
import { Metrics } from './metrics.ts'
import { serveMetrics } from './metrics-server.ts'

const facts = { host: 'os1', version: '1', leases: [], rssBytes: 50_000_000, cpuSeconds: 1.5 }
const result = (id: string, verdict: CheckResult['verdict']): CheckResult => ({
  id,
  title: id,
  verdict,
  seen: '',
  vantage: 'os1',
  at: '',
})
/** Prometheus' text format, as its parser takes a line: a comment, or a sample. */
const line = /^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="(\\["\\n]|[^"\\\n])*",?)+\})? -?[\d.e+-]+)$/

describe('the metrics of a server', () => {
  it('say the verdict of each check, what was repaired, and what is open', () => {
    const metrics = new Metrics()
    metrics.look('full', [result('a', 'yes'), result('b"\\\n', 'no'), result('c', 'could-not-check')], 250)
    metrics.told({ type: 'trouble.noticed', code: 'x', id: 'b', title: '', seen: '', fix: '' })
    for (const helped of [true, true, false])
      metrics.told({ type: 'repair.done', repair: 'r', code: 'x', helped, seen: '' })
    const text = metrics.text({ ...facts, leases: [{ prefix: '2001:db8::/56', seconds: 120 }] })
    expect(text).toContain('bateau_check{id="a"} 1\n')
    expect(text).toContain(String.raw`bateau_check{id="b\"\\\n"} 0`)
    expect(text).toContain('bateau_check{id="c"} -1\n')
    expect(text).toContain('bateau_trouble{id="b",code="x"} 1\n')
    expect(text).toContain('bateau_repairs_total{repair="r",code="x",helped="true"} 2\n')
    expect(text).toContain('bateau_lease_seconds{prefix="2001:db8::/56"} 120\n')
    for (const one of text.trimEnd().split('\n')) expect(one).toMatch(line)
    metrics.told({ type: 'trouble.gone', code: 'x', id: 'b', after_seconds: 1 })
    expect(metrics.text(facts)).not.toContain('bateau_trouble')
  })
})

describe('the place of the metrics', () => {
  const stop = new AbortController()
  const taken: Server = createServer()
  afterAll(() => {
    stop.abort()
    taken.close()
  })

  it('is [::1]', async () => {
    const served = await serveMetrics(
      0,
      () => 'up 1\n',
      stop.signal,
      (why) => expect.fail(why),
    )
    const answer = await fetch(`http://[::1]:${served?.port}/metrics`)
    expect([answer.status, await answer.text()]).toEqual([200, 'up 1\n'])
    expect((await fetch(`http://[::1]:${served?.port}/`)).status).toBe(404)
  })

  it('is nowhere when somebody has the port, and that is said', async () => {
    const port = await new Promise<number>((resolve) =>
      taken.listen({ host: '::1', port: 0 }, () => {
        const address = taken.address()
        resolve(typeof address === 'object' && address ? address.port : 0)
      }),
    )
    const why: string[] = []
    expect(
      await serveMetrics(
        port,
        () => '',
        stop.signal,
        (words) => why.push(words),
      ),
    ).toBeNull()
    expect(why.join()).toContain('EADDRINUSE')
  })
})
