import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ini } from './ini.ts'

/** What configparser and oslo.config make of it: sections, and `name = value` with the first `=` as the sign. */
function read(text: string): Record<string, Record<string, string[]>> {
  const out: Record<string, Record<string, string[]>> = {}
  let section: Record<string, string[]> = {}
  for (const line of text.split('\n')) {
    const head = /^\[(.+)\]$/.exec(line)
    if (head?.[1] !== undefined) section = out[head[1]] = {}
    else if (line !== '') {
      const at = line.indexOf('=')
      const name = line.slice(0, at).trim()
      section[name] = [...(section[name] ?? []), line.slice(at + 1).trim()]
    }
  }
  return out
}

describe('ini', () => {
  it('writes sections in order, one line an option, and a list as repeated options', () => {
    expect(ini({ a: { x: 1, y: true }, b: { z: ['one', 'two'] } })).toBe(
      '[a]\nx = 1\ny = true\n\n[b]\nz = one\nz = two\n',
    )
  })

  it('an empty value is an option without one', () => {
    expect(ini({ a: { x: '' } })).toBe('[a]\nx =\n')
  })

  it('refuses a line break in a value, which would become an option of its own', () => {
    expect(() => ini({ a: { x: 'one\nevil = 1' } })).toThrow(RangeError)
    expect(() => ini({ a: { x: 'one\revil = 1' } })).toThrow(RangeError)
  })

  it('refuses names that would read as a comment, a section or an assignment', () => {
    for (const name of ['', '#x', ';x', '[x', 'a=b', 'a\nb']) {
      expect(() => ini({ a: { [name]: 1 } })).toThrow(RangeError)
      expect(() => ini({ [name]: { a: 1 } })).toThrow(RangeError)
    }
  })

  it('what is written is what is read', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/)
    const value = fc.string().map((text) => text.replaceAll(/[\n\r]/g, '').trim())
    const options = fc.dictionary(name, fc.array(value, { minLength: 1, maxLength: 3 }), { maxKeys: 5 })
    fc.assert(
      fc.property(fc.dictionary(name, options, { maxKeys: 4 }), (sections) => {
        expect(read(ini(sections))).toEqual(sections)
      }),
    )
  })
})
