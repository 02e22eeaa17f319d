// The page of a hand-out: whole by itself, right in both languages, and nothing of the roster is ever markup in it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { page } from './page.ts'
import { fullSheet, plainSheet } from './sheet.fixture.ts'
import type { Sheet } from './sheet.ts'

const languages = ['fr', 'en'] as const
/** What a reader reads: no markup, entities as the signs that they are. */
const read = (html: string) =>
  html
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(lt|gt|amp|quot|#39|#123|#125);/g, (_, name: string) => signs[name] ?? '')
const signs: Record<string, string> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  '#39': "'",
  '#123': '{',
  '#125': '}',
}

describe.each(languages)('the page in %s', (language) => {
  it('needs nothing but itself: no script, nothing fetched, and the browser is told so', () => {
    const html = page(fullSheet, language)
    expect(html).not.toMatch(/<(script|img|link|iframe|object|embed)|@import|url\(|\son\w+=/i)
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
    const addresses = [...html.matchAll(/(?:href|src|action)="([^"]*)"/g)].map(([, to]) => to)
    expect(new Set(addresses)).toEqual(
      new Set([
        'https://[2001:db8:17::1]/',
        'mailto:alice.durand@univ.example',
        language === 'fr' ? 'sheet.html' : 'fiche.html',
      ]),
    )
  })

  it('says its language, and has one heading above all others, in order', () => {
    const html = page(fullSheet, language)
    expect(html).toContain(`<html lang="${language}">`)
    const levels = [...html.matchAll(/<h(\d)/g)].map(([, level]) => Number(level))
    expect(levels.filter((level) => level === 1)).toHaveLength(1)
    levels.reduce((before, level) => {
      expect(level).toBeLessThanOrEqual(before + 1)
      return level
    })
  })

  it('has the password once, as a reference, and none where it travels apart', () => {
    expect(page(fullSheet, language).match(/\{\{secret:[^}]*\}\}/g)).toEqual([fullSheet.password])
    const apart = page({ ...fullSheet, password: null, key: { kind: 'apart', file: 'id_ed25519' } }, language)
    expect(apart).not.toContain('{{')
  })

  it('leaves out what the course has not', () => {
    const text = read(page(plainSheet, language))
    expect(text).not.toMatch(/jump|rebond|Séances|Sessions|SHA-256|undefined|null/)
    expect(read(page(fullSheet, language))).toContain('jump.course.example')
  })

  it('tells the way to dashboard and API from a network without IPv6, where the jump host leads there', () => {
    const way = 'ssh -F $HOME/.ssh/nets-2027.config -N -D localhost:1080 nets-2027-jump'
    const words = ['socks5h://localhost:1080', 'python3-socks', 'pysocks', way]
    for (const word of words) expect(read(page(fullSheet, language))).toContain(word)
    const jump = { host: 'jump.course.example', port: 2222, api: false }
    for (const sheet of [plainSheet, { ...fullSheet, jump }])
      for (const word of words) expect(read(page(sheet, language))).not.toContain(word)
  })

  it('names only the sessions of the own group, in order', () => {
    const text = read(page(fullSheet, language))
    expect(text).not.toContain('Other group')
    expect(text.indexOf('Routeurs et routes')).toBeLessThan(text.indexOf('Examen'))
    expect(read(page({ ...fullSheet, group: null, role: 'teacher' }, language))).toContain(
      'Other group · tp-b',
    )
  })

  it('shows any name, title and subject as it is, and takes none for markup or for a secret', () => {
    const nasty = fc.constantFrom(
      '<script>',
      '&amp;',
      '"',
      "'",
      '{{secret:keystone/admin}}',
      '</style>',
      'أحمد',
      '–',
    )
    const text = fc
      .array(fc.oneof(nasty, fc.string({ maxLength: 4 })), { minLength: 1 })
      .map((all) => all.join(''))
    const tags = (html: string) => html.match(/<[a-z]+/g)?.filter((tag) => !['<a', '<span'].includes(tag))
    const bare = page({ ...fullSheet, name: '', title: '', contact: '' }, language)
    fc.assert(
      fc.property(text, text, text, (name, title, contact) => {
        const html = page({ ...fullSheet, name, title, contact }, language)
        expect(tags(html)).toEqual(tags(bare))
        expect(html.match(/\{\{/g)).toHaveLength(1)
        expect(read(html)).toContain(name)
      }),
    )
  })

  it('tells in the same commands for each system what the files of the hand-out are for', () => {
    const html = read(page(fullSheet, language))
    for (const word of ['clouds.yaml', 'nets-2027-ca.pem', 'ssh_config', 'id_ed25519'])
      expect(html.split(word).length).toBeGreaterThanOrEqual(3)
    const brought: Sheet = { ...fullSheet, key: { kind: 'brought' } }
    expect(read(page(brought, language))).not.toContain('id_ed25519')
  })
})

it('French has its own spaces, dates, hours and apostrophes', () => {
  const text = read(page(fullSheet, 'fr'))
  expect(text).toContain('lundi 1er mars 2027')
  expect(text).toContain('chaque lundi, du 8 février au 12 avril 2027')
  expect(text).toContain('13\u00a0h\u00a030–17\u00a0h')
  expect(text).toContain('Cette fiche contient vos secrets\u00a0: gardez-la pour vous.')
  const words = text.replaceAll(/^.*(?:ssh|install|copy|mkdir|openstack|Travail).*$/gm, '')
  expect(words).not.toMatch(/ [:;?!»]|« |[a-zéè]'[a-zéè]/)
  expect(read(page(plainSheet, 'fr'))).toContain('1\u00a0instance, 1\u00a0vCPU, 512\u00a0Mio')
})

it('English has its own', () => {
  const text = read(page(fullSheet, 'en'))
  expect(text).toContain('Monday 1 March 2027')
  expect(text).toContain('every Monday, 8 February to 12 April 2027')
  expect(text).toContain('2\u00a0instances, 4\u00a0vCPUs, 3\u00a0GiB of memory')
})
