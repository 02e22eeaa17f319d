// Holds systemd's syntax to what systemd.syntax(7) reads back.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { section, systemdText, systemdUnit, type Section, type Setting } from './systemd-unit.ts'

/** systemd.syntax(7), without continuation lines: comments and empty lines are skipped, the first `=` splits. */
function parse(text: string): Section[] {
  const sections: { name: string; settings: Setting[] }[] = []
  for (const line of text.split('\n')) {
    if (line === '' || /^[#;]/.test(line)) continue
    const name = /^\[(.*)\]$/.exec(line)?.[1]
    const at = line.indexOf('=')
    if (name !== undefined) sections.push({ name, settings: [] })
    else sections.at(-1)?.settings.push([line.slice(0, at), line.slice(at + 1)])
  }
  return sections
}

const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,15}$/)
const value = fc.stringMatching(/^[ -~]{0,40}$/).filter((text) => !text.endsWith('\\'))
const sections = fc.array(
  fc.record({ name: word, settings: fc.array(fc.tuple(word, value), { maxLength: 5 }) }),
  { maxLength: 4 },
)

describe('systemd syntax', () => {
  it('reads back as it was written: order, repeated keys and repeated sections included', () => {
    fc.assert(
      fc.property(fc.array(value), sections, (comment, all) => {
        expect(parse(systemdText(comment, all))).toEqual(all)
      }),
    )
  })

  it('says yes and no for booleans', () => {
    expect(systemdText([], [section('A', ['On', true], ['Off', false], ['N', 5])])).toBe(
      '[A]\nOn=yes\nOff=no\nN=5\n',
    )
  })

  it.each(['two\nlines', 'carriage\rreturn', 'continues\\'])(
    'refuses what one line cannot carry: %j',
    (text) => {
      expect(() => systemdText([], [section('A', ['Key', text])])).toThrow(RangeError)
      expect(() => systemdText([text], [])).toThrow(RangeError)
    },
  )

  it('puts units of its own in /etc/systemd/system', () => {
    expect(systemdUnit('x.service', ['Why.'], [section('Unit', ['Description', 'X'])])).toEqual({
      path: '/etc/systemd/system/x.service',
      mode: '0644',
      owner: 'root:root',
      text: '# Why.\n\n[Unit]\nDescription=X\n',
    })
  })
})
