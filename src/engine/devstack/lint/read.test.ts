import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { nearest } from '../../../course/suggest.ts'
import { spawnRun } from '../../../host/spawn.ts'
import { fixLocalConf } from './fix.ts'
import { lintLocalConf } from './lint.ts'
import { printLocalConf, readLocalConf } from './read.ts'
import { readSettings } from './settings.ts'

const local = (...lines: string[]) =>
  readLocalConf('local.conf', ['[[local|localrc]]', ...lines, ''].join('\n'))
const values = (...lines: string[]) =>
  Object.fromEntries([...readSettings(local(...lines)).final].map(([name, { text }]) => [name, text]))

const shellLines: [text: string, read: Record<string, string | null>][] = [
  ['A=1', { A: '1' }],
  ['export A=1', { A: '1' }],
  ['A="two words"', { A: 'two words' }],
  ["A='it is $B'", { A: 'it is $B' }],
  ['A=one"two"\'three\'', { A: 'onetwothree' }],
  ['A=1 # why', { A: '1' }],
  ['A="1" # why "so"', { A: '1' }],
  ['A=1#2', { A: '1#2' }],
  ['A=1\nB=$A', { A: '1', B: '1' }],
  ['A=1\nB=${A}/x', { A: '1', B: '1/x' }],
  ['B=${A:-x}', { B: 'x' }],
  ['A=1\nA+=2', { A: '12' }],
  ['A=$(hostname)', { A: null }],
  ['A=`hostname`', { A: null }],
  ['A=a\\\nb', { A: 'ab' }],
  ['A="a\nb"', { A: 'a\nb' }],
  ['A=1 B=2', { A: '1', B: '2' }],
  ['if true; then\n  A=1\nfi\nB=2', { A: null, B: '2' }],
  ['A=1 make', {}],
  ['A = 1', {}],
  ['DATA=$DEST/x', { DATA: '/opt/stack/x' }],
]

it.each(shellLines)('%j is read as the shell reads it', (text, expected) => {
  expect(values(...text.split('\n'))).toEqual(expected)
})

it.each(shellLines)('%j: bash itself agrees', async (text, expected) => {
  const known = Object.entries(expected).filter(([, value]) => value !== null)
  const show = ['A', 'B', 'DATA'].map((name) => `printf '${name}=%s\\0' "\${${name}-unset}"`).join('\n')
  const ran = await spawnRun(['env', '-i', 'bash', '-c', `DEST=/opt/stack\n${text}\n${show}`])
  const says = new Map(
    ran.stdout.split('\0').map((one) => [one.split('=')[0], one.slice(one.indexOf('=') + 1)]),
  )
  for (const [name, value] of known) expect(says.get(name)).toBe(value)
  for (const name of ['A', 'B', 'DATA'].filter((name) => !(name in expected)))
    expect(says.get(name)).toBe('unset')
})

it('a quote that never closes is a fault with its line and column, and the lines after it are still read', () => {
  const conf = local('A="open', 'B=2')
  expect(conf.faults).toMatchObject([
    { code: 'quote-unclosed', where: { line: 2, column: 3, source: 'A="open' } },
  ])
  expect(conf.assignments.map(({ name }) => name)).toEqual(['A', 'B'])
})

it('a header needs the margin and a bar, and the sections after it are settings of that file', () => {
  const conf = readLocalConf(
    'local.conf',
    '[[local|localrc]]\nA=1\n[[post-config|$NOVA_CONF]]\n[DEFAULT]\nb = c\n',
  )
  expect(conf.statements.map(({ kind }) => kind)).toEqual([
    'header',
    'assignment',
    'header',
    'ini-section',
    'setting',
  ])
})

const teacher = readFileSync('test/story/local-conf/teacher.conf', 'utf8')
const pieces = [
  ...teacher.split('\n'),
  ...['"', "'", '\\', '`', '$(', '${A', '[[', ']]', '|', '\r', '\t', '\u0000', '\ufeff', '=', '+=', '#'],
  ...[
    '[[post-config|$NOVA_CONF]]',
    '[DEFAULT]',
    'if x; then',
    'fi',
    'f() {',
    '}',
    'enable_service a,b',
    'A=$A$B',
  ],
  ...['enable_plugin x', 'ENABLED_SERVICES=-a', '  [[local|localrc]]', '::/', 'é\u{1f600}', '__proto__=1'],
]
const scrambled = fc
  .array(fc.tuple(fc.constantFrom(...pieces), fc.constantFrom('\n', '\r\n', '', ' ')), { maxLength: 40 })
  .map((parts) => parts.flat().join(''))

it('a file that is read and printed is the same file', () => {
  fc.assert(
    fc.property(fc.oneof(scrambled, fc.string({ unit: 'binary', maxLength: 200 })), (text) => {
      expect(printLocalConf(readLocalConf('local.conf', text))).toBe(text)
    }),
  )
})

it('whatever stands in a file, it is judged without a bug, and mending it twice is mending it once', () => {
  const how = { release: '2025.1' as const, nearest }
  fc.assert(
    fc.property(scrambled, (text) => {
      const conf = readLocalConf('local.conf', text)
      for (const { line, column } of lintLocalConf(conf, how)) {
        expect(line).toBeGreaterThan(0)
        expect(column).toBeGreaterThanOrEqual(0)
      }
      const once = fixLocalConf(conf, how)
      expect(fixLocalConf(readLocalConf('local.conf', once), how)).toBe(once)
    }),
    { numRuns: 300 },
  )
})
