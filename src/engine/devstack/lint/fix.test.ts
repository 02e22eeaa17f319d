import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { nearest } from '../../../course/suggest.ts'
import { knownIn } from '../names/source.ts'
import { releases } from '../release.ts'
import { fixLocalConf } from './fix.ts'
import { lintLocalConf } from './lint.ts'
import { readLocalConf } from './read.ts'
import { readSettings } from './settings.ts'

const teacher = readFileSync('test/story/local-conf/teacher.conf', 'utf8')

it.each(releases)(
  "the teacher's file comes out with nothing left but what a person must do (%s)",
  (release) => {
    const how = { release, nearest }
    const text = fixLocalConf(readLocalConf('local.conf', teacher), how)
    const after = lintLocalConf(readLocalConf('local.conf', text), how)
    const left = after.filter(({ verdict }) => verdict !== 'right' && verdict !== 'redundant')
    expect(left.map(({ code }) => code)).toEqual(['password-shared', 'open-to-the-internet'])
    expect(fixLocalConf(readLocalConf('local.conf', text), how)).toBe(text)
  },
)

it('the layout is that of the block: a /64 for the public network, the upper half for students', () => {
  const how = { release: '2025.1' as const, nearest }
  const { final } = readSettings(readLocalConf('x', fixLocalConf(readLocalConf('local.conf', teacher), how)))
  expect(final.get('IPV6_PUBLIC_RANGE')?.text).toBe('2001:db8:63:1101::/64')
  expect(final.get('IPV6_PUBLIC_NETWORK_GATEWAY')?.text).toBe('2001:db8:63:1101::1')
  expect(final.get('IPV6_ADDRS_SAFE_TO_USE')?.text).toBe('2001:db8:63:1180::/57')
  expect(final.has('PUBLIC_INTERFACE')).toBe(false)
})

it('every name that is written is read by every release that it may be written for', () => {
  for (const release of releases) {
    const text = fixLocalConf(readLocalConf('local.conf', teacher), { release, nearest })
    for (const { name } of readLocalConf('local.conf', text).assignments)
      expect(knownIn(release).names.has(name), `${name} in ${release}`).toBe(true)
  }
})

it.each([
  ['a title never ends its comment', 'NOSUCH="a\nrm -rf x"\n', /^rm -rf x/m],
  ['under a condition nothing is taken out', 'if true; then\n  NOSUCH=1\nfi\n', /^# was:   NOSUCH/m],
])('%s', (_, lines, never) => {
  const conf = readLocalConf('local.conf', `[[local|localrc]]\n${lines}`)
  expect(fixLocalConf(conf, { release: '2025.1', nearest })).not.toMatch(never)
})

it('without a section for it, one is made; behind an open quote, nothing is', () => {
  const how = { release: '2025.1' as const, nearest }
  const other = fixLocalConf(readLocalConf('local.conf', '[[post-config|$NOVA_CONF]]\n[DEFAULT]\na=b\n'), how)
  expect(other).toContain('a=b\n[[local|localrc]]\n# bateau: added\n')
  const open = '[[local|localrc]]\nA="x\n'
  expect(fixLocalConf(readLocalConf('local.conf', open), how)).toBe(open)
})
