import { describe, expect, it } from 'vitest'
import { readUrl, type Scheme } from './url.ts'

const any: readonly Scheme[] = ['https', 'http', 'git', 'file', 'path']
const codeOf = (text: string, schemes = any) => {
  const read = readUrl(text, schemes, 'x')
  return read.ok ? read.value : read.faults.map(({ code }) => code).join()
}

describe('an address', () => {
  it.each([
    ['https://opendev.org', 'https://opendev.org'],
    ['https://pypi.org/simple/', 'https://pypi.org/simple'],
    ['http://[2001:db8::1]:3142/pypi/simple//', 'http://[2001:db8::1]:3142/pypi/simple'],
    ['git://git.example.org/mirror', 'git://git.example.org/mirror'],
    ['/srv/git/', '/srv/git'],
    ['/', '/'],
    ['file:///srv/tiny.img', 'file:///srv/tiny.img'],
  ])('%s is %s', (text, expected) => {
    expect(codeOf(text)).toBe(expected)
  })

  it.each([
    ['a shell would run', 'https://example.org/$(reboot)'],
    ['a shell would end at', "/srv/git' x"],
    ['holds a line end', 'https://example.org/\nx'],
    ['parts a list', '/srv/a,/srv/b'],
    ['has no host', 'https://'],
    ['has a host where a path goes', 'file://srv/x'],
    ['is a script', 'javascript:alert(1)'],
    ['is what ssh takes', 'git@opendev.org:openstack'],
    ['is a path from nowhere', '../git'],
    ['has no end', `https://example.org/${'x'.repeat(400)}`],
  ])('that %s is refused', (_, text) => {
    expect(codeOf(text)).toBe('bad-url')
  })

  it('of a scheme that the key does not take is refused', () => {
    expect(codeOf('git://git.example.org', ['https', 'http'])).toBe('bad-url')
  })

  it('never comes with a password, and the refusal does not repeat it', () => {
    const read = readUrl('https://me:hunter2@example.org', any, 'x')
    expect(read).toMatchObject({ ok: false, faults: [{ code: 'url-credentials' }] })
    expect(JSON.stringify(read)).not.toContain('hunter2')
  })
})
