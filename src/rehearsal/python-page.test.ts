import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rewritten } from './python-page.ts'

const at = new URL('https://pypi.example.org/simple/pbr/')
const prefix = '/pypi/files/'
const hrefs = (page: string) =>
  [...rewritten(page, at, 'pbr', prefix).html.matchAll(/<a (.*)>(.*)<\/a>/g)].map(
    ([, inner = '', text = '']) => [inner, text],
  )
const only = (link: string) => hrefs(`<html><body>${link}</body></html>`)[0]

describe('a link', () => {
  it.each([
    [
      'absolute',
      '<a href="https://files.example.org/p/pbr-1.tar.gz#sha256=00ff">pbr-1.tar.gz</a>',
      'href="/pypi/files/files.example.org/p/pbr-1.tar.gz#sha256=00ff"',
    ],
    [
      'relative to the page',
      '<a href="../../p/pbr-1.tar.gz#sha256=00ff">pbr-1.tar.gz</a>',
      'href="/pypi/files/pypi.example.org/p/pbr-1.tar.gz#sha256=00ff"',
    ],
    [
      'relative to the host',
      "<A HREF='/p/pbr-1.tar.gz'>pbr-1.tar.gz</A>",
      'href="/pypi/files/pypi.example.org/p/pbr-1.tar.gz"',
    ],
    [
      'relative to the scheme, with a port and a query',
      '<a href=//files.example.org:8443/get?f=pbr-1.tar.gz&amp;v=1>pbr-1.tar.gz</a>',
      'href="/pypi/files/files.example.org%3A8443/get?f=pbr-1.tar.gz&amp;v=1"',
    ],
    [
      'to an IPv6 address, in entities',
      '<a href="https&#58;//[2001:db8::1]&#x2f;pbr-1.tar.gz">pbr-1.tar.gz</a>',
      'href="/pypi/files/%5B2001%3Adb8%3A%3A1%5D/pbr-1.tar.gz"',
    ],
    [
      'with data of the index, quoted either way',
      `<a data-requires-python=">=3.9" href="/p/pbr-1.tar.gz" data-dist-info-metadata='sha256=ab' data-yanked='says "no"' onclick="x()">pbr-1.tar.gz</a>`,
      'href="/pypi/files/pypi.example.org/p/pbr-1.tar.gz" data-requires-python="&gt;=3.9" data-dist-info-metadata="sha256=ab" data-yanked="says &quot;no&quot;"',
    ],
    [
      'whose data speaks of another href',
      '<a data-yanked=" href=https://evil.example.org/x " href="/p/pbr-1.tar.gz">pbr-1.tar.gz</a>',
      'href="/pypi/files/pypi.example.org/p/pbr-1.tar.gz" data-yanked=" href=https://evil.example.org/x "',
    ],
  ])('%s goes by here, with hash and data kept', (_, link, expected) => {
    expect(only(link)).toEqual([expected, 'pbr-1.tar.gz'])
  })

  it.each([
    'javascript:alert(1)',
    'java&#115;cript:alert(1)',
    'ftp://files.example.org/pbr-1.tar.gz',
    'file:///etc/shadow',
    'data:text/html,x',
    'https://me:secret@files.example.org/pbr-1.tar.gz',
    'https://me@files.example.org/pbr-1.tar.gz',
    'https://[not-an-address]/',
  ])('to %s is left out', (href) => {
    expect(hrefs(`<a href="${href}">x</a>`)).toEqual([])
  })

  it('of a page with a base is relative to that', () => {
    const page = '<head><base href="https://other.example.org/d/"></head><a href="pbr-1.tar.gz">x</a>'
    expect(hrefs(page)[0]?.[0]).toBe('href="/pypi/files/other.example.org/d/pbr-1.tar.gz"')
  })

  it('in a comment is none, and neither text nor script of the page comes along', () => {
    const page =
      '<!-- <a href="/old.zip">old</a> --><script>x()</script><h1>Hello</h1><a href="/a.zip">a.zip</a>'
    const { html } = rewritten(page, at, 'pbr', prefix)
    expect(html).not.toMatch(/old|script|Hello/)
    expect(hrefs(page)).toHaveLength(1)
  })
})

it('the hosts of a page are those of its files, by https where there is a choice', () => {
  const page = `<a href="http://a.example.org/1.zip">1</a><a href="https://a.example.org/2.zip">2</a>
<a href="http://b.example.org:81/3.zip">3</a><a href="ftp://c.example.org/4.zip">4</a>`
  expect(Object.fromEntries(rewritten(page, at, 'pbr', prefix).hosts)).toEqual({
    'a.example.org': 'https:',
    'b.example.org:81': 'http:',
  })
})

it('whatever a page holds, every link that goes out is one of ours', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary-ascii', maxLength: 12 }),
    fc.constantFrom(
      '<a ',
      'href=',
      '"',
      "'",
      '>',
      '</a>',
      '<!--',
      '-->',
      '//evil/',
      '\\',
      'javascript:',
      '&quot;',
      '<base ',
    ),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const { html } = rewritten(pieces.join(''), at, 'pbr', prefix)
      const starts = [...html.matchAll(/<a (.{0,18})/g)].map(([, start]) => start)
      expect(starts.every((start) => start === 'href="/pypi/files/')).toBe(true)
      expect(html.match(/<(?!\/?(?:a|br|html|head|body|meta|title|!DOCTYPE)\b)/)).toBeNull()
    }),
  )
})
