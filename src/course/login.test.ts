import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asciiName, makeLogin } from './login.ts'

const line = (part: Partial<Parameters<typeof makeLogin>[0]>) => ({
  login: '',
  email: '',
  name: '',
  id: '',
  ...part,
})

describe('a login', () => {
  test.each([
    [line({ name: 'Zoé Lefèvre' }), 'zoe-lefevre'],
    [line({ name: "Amélie N'Diaye" }), 'amelie-ndiaye'],
    [line({ name: 'Jürgen Weiß' }), 'jurgen-weiss'],
    [line({ name: 'Œdipe Søren Łukasz' }), 'oedipe-soren-lukasz'],
    [line({ name: 'Zoé', email: 'z.lefevre@example.org' }), 'z-lefevre'],
    [line({ name: 'Zoé', email: 'z@example.org', login: 'Zozo' }), 'zozo'],
    [line({ name: '王小明', id: '22100417' }), 's22100417'],
    [line({ name: '王小明' }), undefined],
    [line({ name: 'Root' }), 'root-s'],
    [line({ login: 'admin' }), 'admin-s'],
    [line({ login: 'bateau-probe' }), 'bateau-probe-s'],
    [line({ name: 'a'.repeat(80) }), 'a'.repeat(32)],
  ])('of %o is %s', (from, login) => expect(makeLogin(from)?.login).toBe(login))

  test.each([
    [line({ name: 'Zoé Lefèvre' }), 'name Zoé Lefèvre (é -> e, è -> e)'],
    [line({ name: "Amélie N'Diaye" }), "name Amélie N'Diaye (é -> e, ' left out)"],
    [line({ name: 'Œdipe', email: 'o.dipe@example.org' }), 'e-mail o.dipe@example.org'],
    [line({ name: '王小明', id: '22100417' }), 'number 22100417 (a letter in front)'],
    [line({ name: 'Root' }), 'name Root (root is a name of the system)'],
    [line({ login: 'a'.repeat(40) }), `login ${'a'.repeat(40)} (cut to 32 characters)`],
  ])('of %o says that it is from %s', (from, said) => expect(makeLogin(from)?.from).toBe(said))

  test('is always one that Linux and Keystone take', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string())
    fc.assert(
      fc.property(text, text, text, text, (login, email, name, id) => {
        const made = makeLogin({ login, email, name, id })?.login
        if (made !== undefined) expect(made).toMatch(/^[a-z][a-z0-9-]{0,31}$/)
        if (made !== undefined) expect(made.endsWith('-')).toBe(false)
      }),
    )
  })

  test('is the same when made again from itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(asciiName(asciiName(text))).toBe(asciiName(text))
      }),
    )
  })
})
