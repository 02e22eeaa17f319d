// Decides what must hold between the keys of the section `dns`: a server for dynamic updates, an API for the others.
// Leaves whether that server and that API are right to dns/.
import { valueAt, wordOf } from './issues.ts'
import type { Get, Report } from './rule.ts'

export function dnsRule(get: Get, report: Report) {
  const section = get('dns')
  if (typeof section !== 'object' || section === null) return
  const has = (key: string) => valueAt(section, [key]) !== undefined
  const provider = wordOf(valueAt(section, ['provider']))
  if (provider === 'rfc2136' && !has('server'))
    report(
      ['dns'],
      'dns-no-server',
      '`server` is missing',
      'dynamic updates go to the primary server of the zone, which is not always the one that resolvers ask',
      'see which it is, the first name in the answer: dig ZONE SOA',
    )
  const unused =
    provider === 'rfc2136'
      ? ['api']
      : ['ovh', 'scaleway'].includes(provider)
        ? ['server', 'port', 'reverse']
        : []
  for (const key of unused)
    if (has(key))
      report(
        ['dns', key],
        'dns-key-unused',
        `provider ${provider} has no use for \`${key}\``,
        provider === 'rfc2136'
          ? 'it is changed on its server, not by an API'
          : 'it is changed by the provider’s API',
        'remove it',
      )
}
