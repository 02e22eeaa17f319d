import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AptSource, parseDeb822, parseOneLine } from './apt-sources.ts'

describe('one-line style', () => {
  it('takes options, comments and trailing slashes in its stride, and leaves sources of source code out', () => {
    const text = `# deb http://old.example.org/debian trixie main
deb http://a.example.org/debian/ trixie main contrib # ours
deb [ arch=amd64 signed-by=/etc/k.gpg ] https://b.example.org/debian trixie-updates main
deb-src http://a.example.org/debian trixie main
deb   http://flat.example.org/   ./
nonsense`
    expect(parseOneLine(text)).toEqual([
      { uri: 'http://a.example.org/debian', suite: 'trixie', components: ['main', 'contrib'] },
      { uri: 'https://b.example.org/debian', suite: 'trixie-updates', components: ['main'] },
      { uri: 'http://flat.example.org', suite: './', components: [] },
    ])
  })
})

describe('deb822 style', () => {
  it('multiplies URIs by suites, in any stanza that is enabled and has binary packages', () => {
    const text = `Types: deb deb-src
# a comment between fields
URIs: http://a.example.org/debian
 https://b.example.org/debian/
Suites: trixie
\ttrixie-updates
components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQIN: not a field

Enabled: no
Types: deb
URIs: http://off.example.org/debian
Suites: trixie
Components: main

Types: deb-src
URIs: http://source.example.org/debian
Suites: trixie
Components: main
`
    const found = parseDeb822(text)
    expect(found.map(({ uri, suite }) => `${uri} ${suite}`)).toEqual([
      'http://a.example.org/debian trixie',
      'http://a.example.org/debian trixie-updates',
      'https://b.example.org/debian trixie',
      'https://b.example.org/debian trixie-updates',
    ])
    expect(found.every(({ components }) => components.join() === 'main')).toBe(true)
  })
})

const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/)
const source: fc.Arbitrary<AptSource> = fc.record({
  uri: fc
    .tuple(fc.constantFrom('http', 'https'), word, word)
    .map(([s, h, p]) => `${s}://${h}.example.org/${p}`),
  suite: word,
  components: fc.array(word, { minLength: 1, maxLength: 4 }),
})

describe('whatever is written is read back', () => {
  it('in one-line style', () => {
    fc.assert(
      fc.property(fc.array(source), fc.constantFrom(' ', '  ', '\t'), (all, gap) => {
        const text = all.map(({ uri, suite, components }) => ['deb', uri, suite, ...components].join(gap))
        expect(parseOneLine(text.join('\n'))).toEqual(all)
      }),
    )
  })

  it('in deb822 style, fields in any order', () => {
    const order = fc.shuffledSubarray(['Types', 'URIs', 'Suites', 'Components'], { minLength: 4 })
    fc.assert(
      fc.property(fc.array(source), order, (all, fields) => {
        const stanza = ({ uri, suite, components }: AptSource) => {
          const value: Record<string, string> = {
            Types: 'deb',
            URIs: uri,
            Suites: suite,
            Components: components.join(' '),
          }
          return fields.map((field) => `${field}: ${value[field]}\n`).join('')
        }
        expect(parseDeb822(all.map(stanza).join('\n'))).toEqual(all)
      }),
    )
  })

  it('and no text at all makes either fail', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 200 }), (text) => {
        parseOneLine(text)
        parseDeb822(text)
      }),
    )
  })
})
