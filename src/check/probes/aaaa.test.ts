// Holds the AAAA probe to what resolvers say: a record that leads here, one that does not, none, and silence.
import { expect, it } from 'vitest'
import { Address } from '../../core/prefix.ts'
import type { Ran, Shell } from '../../core/shell.ts'
import type { Site } from '../../core/site.ts'
import type { ProofInput } from '../proof-input.ts'
import { shellVantage } from '../vantage.ts'
import { aaaaProbe } from './aaaa.ts'

const service = Address.of('2001:db8:17::1')
const site = { name: 'os1', addressing: { service } } as Site
const ran = (stdout: string, code = 0, stderr = ''): Ran => ({ code, stdout, stderr })
const place = (name: string, answer: (argv: readonly string[]) => Ran): Shell => ({
  name,
  run: (argv) => Promise.resolve(answer(argv)),
})
const server = place('os1', () => ran('2: eno1    inet6 2001:db8:ffff::21/64 scope global dynamic\n'))

async function look(resolved: Ran) {
  const outside = place('maison', (argv) =>
    argv.includes('ping') ? ran('2 packets transmitted, 2 received\n') : resolved,
  )
  const input = { hostShell: () => server, hostName: () => 'os1.example.org' } as unknown as ProofInput
  const [probe] = aaaaProbe(
    { input, vantages: [shellVantage({ shell: outside, controls: [service] })] },
    site,
  )
  return probe?.run()
}

it.each([
  ['the service address', `${service}\n`],
  ["the uplink's address", '2001:db8:ffff::21\n'],
  ['both', `${service}\n2001:db8:ffff::21\n`],
])('is yes for %s', async (_, stdout) => {
  expect(await look(ran(stdout))).toMatchObject({ verdict: 'yes' })
})

it('names an address that is not of the server', async () => {
  expect(await look(ran('2001:db8:99::1\n'))).toMatchObject({
    verdict: 'no',
    fault: { code: 'aaaa-elsewhere', fix: `in the zone: os1.example.org. AAAA ${service}` },
  })
})

it('is no without a record, and could-not-check with a resolver that says nothing or nonsense', async () => {
  expect(await look(ran(''))).toMatchObject({ verdict: 'no', fault: { code: 'aaaa-missing' } })
  expect(await look(ran('', 3))).toMatchObject({ verdict: 'could-not-check' })
  expect(await look(ran('Bienvenue\n', 3, 'sh: getent: not found'))).toMatchObject({
    verdict: 'could-not-check',
    seen: 'maison: sh: getent: not found',
  })
})

it('is not asked of a server that the course knows by address', () => {
  expect(aaaaProbe({ input: { hostName: () => null } as unknown as ProofInput, vantages: [] }, site)).toEqual(
    [],
  )
})
