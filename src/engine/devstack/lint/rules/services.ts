// Decides which services a file names that this release has not got, and which it leaves on for nobody.
// Leaves how they are switched to ../services.
import { isSince } from '../../release.ts'
import { absent, type Draft, type Rule } from '../finding.ts'
import { usualServices } from '../services.ts'

/** Started by names that the source puts together: Swift's servers, cells, and the kinds of a backend. */
const composed =
  /^(?:s-(?:proxy|object|container|account)|n-cpu-\d+|n-(?:cond|novnc|spice|sproxy)-cell\d+|key-\w+|q-lbaasv2|neutron-.+)$/

const otherName: Record<string, string> = {
  'q-ovn-metadata-agent': 'q-ovn-agent',
  'q-ovn-agent': 'q-ovn-metadata-agent',
}

const unknown: Rule = (given) =>
  given.services.named.flatMap(({ service, how, line, column }): Draft[] => {
    if (given.known.services.has(service) || usualServices(given.release).includes(service)) return []
    if (composed.test(service)) return []
    const plugins = given.services.plugins.map(({ name }) => name)
    const meant = given.nearest(service, given.known.services)
    return [
      {
        code: plugins.length > 0 ? 'service-of-a-plugin' : 'service-unknown',
        line,
        column,
        length: 0,
        variable: null,
        verdict: 'unknown',
        title:
          plugins.length > 0
            ? `DevStack itself has no service ${service}; a plugin (${plugins.join(', ')}) may`
            : `DevStack ${given.release} has no service ${service}`,
        why: `${how === 'disable' ? 'disabling' : 'enabling'} it changes nothing, and nothing says so`,
        fix: meant === undefined ? 'take it out' : `did you mean ${meant}?`,
        source: given.source('enableService'),
      },
    ]
  })

/** 2025.2 took the metadata agent into the OVN agent. */
const metadata: Rule = (given) =>
  given.services.named.flatMap(({ service, how, line, column }): Draft[] => {
    const usual = isSince(given.release, '2025.2') ? 'q-ovn-agent' : 'q-ovn-metadata-agent'
    const instead = otherName[service]
    if (instead === undefined || service === usual) return []
    const isAlone = !given.isOn(usual)
    if (how === 'disable' && isAlone) return []
    return [
      {
        code: 'agent-of-another-release',
        line,
        column,
        length: 0,
        variable: null,
        verdict: how === 'disable' ? 'no-effect' : 'wrong',
        title: `in ${given.release} metadata comes from ${usual}, not from ${service}`,
        why:
          how === 'disable'
            ? `it is off by default; ${usual} stays on`
            : 'the service changed its name with 2025.2; of the two, only the one of the release is set up by default',
        fix: `write ${usual}`,
        source: given.source(isSince(given.release, '2025.2') ? 'ovnAgent' : 'metadataAgent'),
      },
    ]
  })

const tempest: Rule = (given) =>
  given.isOn('tempest') && !given.services.isUnsure
    ? [
        absent(given, null, {
          code: 'tempest-on',
          verdict: 'missing',
          title: 'Tempest, the test suite, is fetched and built: nothing disables it',
          why: 'it is among the default services; INSTALL_TEMPEST only says whether it is installed for the whole host',
          fix: 'add disable_service tempest',
          source: given.source('tempestPhase'),
          mend: { kind: 'add', text: 'disable_service tempest' },
        }),
      ]
    : []

const cinder: Rule = (given) => {
  const on = ['c-api', 'c-sch', 'c-vol', 'c-bak'].filter((name) => given.isOn(name))
  const isMeant = given.services.named.some(
    ({ service, how }) => how !== 'disable' && /^(?:c-\w+|cinder)$/.test(service),
  )
  const isSet = [...given.settings.final.keys()].some((name) => /^(?:CINDER|VOLUME)_/.test(name))
  if (on.length === 0 || isMeant || isSet || given.services.isUnsure) return []
  return [
    absent(given, null, {
      code: 'cinder-on',
      verdict: 'missing',
      title: 'Cinder, block storage, is on, and nothing in this file uses it',
      why: 'it keeps a file of 30 GB on the disk that instances live on; an instance that starts from a volume fails when that is full or slow, one that starts from an image needs none of it',
      fix: `add disable_service ${on.join(' ')}`,
      source: given.source('volumeFile'),
      mend: { kind: 'add', text: `disable_service ${on.join(' ')}` },
    }),
  ]
}

export const serviceRules: readonly Rule[] = [unknown, metadata, tempest, cinder]
