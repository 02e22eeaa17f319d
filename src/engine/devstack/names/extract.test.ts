import { expect, it } from 'vitest'
import { newestStable, releases } from '../release.ts'
import { variables } from '../variables.ts'
import { cites } from './cite.ts'
import { extract } from './extract.ts'
import { knownIn, sourceOf } from './source.ts'
import { decode, encode } from './table.ts'

const checkout = new Map([
  [
    'stackrc',
    [
      'BEFORE=1',
      'source $RC_DIR/.localrc.auto',
      '# COMMENT=${COMMENT:-1}',
      'PLAIN=${PLAIN:-br-ex}',
      'QUOTED=${QUOTED:-"4+6"}',
      'COMPUTED=${COMPUTED:-$PLAIN}',
      'TRUTH=$(trueorfalse False TRUTH)',
      'LOST=$PLAIN',
      'echo $LOST $BEFORE ${ONLY_READ} $COMPUTED',
    ].join('\n'),
  ],
  ['lib/a', 'if is_service_enabled q-svc neutron-api && true; then\n  run_process n-cpu "$X"\nfi\n'],
  ['doc/x.rst', '$DOCUMENTED'],
])

it('names are what is read, with place, default and whether local.conf is heard', () => {
  const { names, services } = extract(checkout)
  expect([...names.keys()].sort()).toEqual([
    'BEFORE',
    'COMPUTED',
    'LOST',
    'ONLY_READ',
    'PLAIN',
    'QUOTED',
    ...['RC_DIR', 'TRUTH'],
  ])
  expect(names.get('PLAIN')).toMatchObject({
    place: 'stackrc:4',
    default: 'br-ex',
    isBool: false,
    isOverwritten: false,
  })
  expect(names.get('QUOTED')?.default).toBe('4+6')
  expect(names.get('COMPUTED')?.default).toBeNull()
  expect(names.get('TRUTH')).toMatchObject({ default: 'False', isBool: true })
  expect(names.get('LOST')).toMatchObject({ place: 'stackrc:8', isOverwritten: true })
  expect(names.get('BEFORE')?.isOverwritten).toBe(false)
  expect([...services].sort()).toEqual(['n-cpu', 'neutron-api', 'q-svc'])
})

it('a table that is written and read back says the same of each release', () => {
  const one = { commit: 'a', extract: extract(checkout) }
  const none = { commit: 'b', extract: { names: new Map(), services: new Set<string>() } }
  const table = encode({ '2025.1': one, '2025.2': none, '2026.1': one, master: none })
  expect(decode(table, '2025.1')).toEqual(one.extract)
  expect(decode(table, 'master')).toEqual(none.extract)
})

it.each([
  ['HOST_IP', true, true],
  ['IPV6_ADDRS_SAFE_TO_USE', true, true],
  ['PUBLIC_SUBNET_ENABLE_DHCP', false, true],
  ['NEUTRON_DEPLOY_MOD_WSGI', true, false],
  ['TEMPEST_INSTALL', false, false],
])('%s is in 2025.1: %j, on master: %j', (name, first, last) => {
  expect([knownIn('2025.1').names.has(name), knownIn('master').names.has(name)]).toEqual([first, last])
})

it('every variable that is known here is read by some release', () => {
  const nowhere = [...variables.keys()].filter((name) =>
    releases.every((one) => !knownIn(one).names.has(name)),
  )
  expect(nowhere).toEqual([])
})

it('every place that a rule rests on was found', () => {
  for (const cite of Object.keys(cites) as (keyof typeof cites)[])
    expect(sourceOf(cite, newestStable)).toMatch(/^[\w./-]+:[1-9]\d*@/)
  expect(sourceOf('pivot', '2025.1')).toBe('lib/neutron:825@2025.1')
})
