import fc from 'fast-check'
import iconv from 'iconv-lite'
import { describe, expect, test } from 'vitest'
import { readRegister, registerText } from './register-file.ts'
import type { Entry } from './register.ts'

const read = (text: string | Uint8Array) =>
  readRegister('register.csv', typeof text === 'string' ? Buffer.from(text) : text, 'net')
const places = (text: string | Uint8Array) => {
  const outcome = read(text)
  return outcome.ok ? [] : outcome.faults.map((one) => `${one.code} ${one.where?.line}:${one.where?.column}`)
}

const zoe: Entry = {
  login: 'zoe-lefevre',
  id: '00417',
  name: 'Zoé Lefèvre',
  email: 'zoe@example.org',
  group: 'tp-a',
  cloud: 'os1',
  network: 3,
  since: '2027-02-01',
  left: null,
  from: 'name Zoé Lefèvre (é -> e, è -> e)',
  where: null,
}
const header = 'login,id,name,email,group,cloud,network,since,left,from,course'
const line =
  'zoe-lefevre,00417,Zoé Lefèvre,zoe@example.org,tp-a,os1,3,2027-02-01,,"name Zoé Lefèvre (é -> e, è -> e)",net'

describe('the file of the register', () => {
  test('is a table that a person reads', () => {
    expect(registerText([zoe], 'net')).toBe(`${header}\n${line}\n`)
  })

  test.each([
    ['as it was written', `${header}\n${line}\n`],
    [
      'as a French spreadsheet saves it',
      iconv.encode(`${header}\r\n${line}\r\n`.replaceAll(/,(?! )/g, ';'), 'windows-1252'),
    ],
    [
      'with its columns in another order',
      `course,login,since,left,name,id,email,group,cloud,network,from\nnet,zoe-lefevre,2027-02-01,,Zoé Lefèvre,00417,zoe@example.org,tp-a,os1,3,"name Zoé Lefèvre (é -> e, è -> e)"\n`,
    ],
  ])('is read %s', (_, bytes) => {
    const outcome = read(bytes)
    expect(outcome.ok && outcome.value.map((entry) => ({ ...entry, where: null }))).toEqual([zoe])
  })

  test('of nobody yet is sound', () => expect(places(`${header}\n`)).toEqual([]))

  test.each([
    ['nothing at all', '', ['register-headers 1:1']],
    ['another file', 'name;email\nZoé;z@x.org\n', ['register-headers 1:1']],
    ['a mistyped column', `${header.replace('left', 'lfet')}\n${line}\n`, ['register-headers 1:1']],
    ['a line above', `mine,,,,,,,,,,\n${header}\n${line}\n`, ['register-headers 1:1']],
    ['a cut line', `${header}\n${line}\nada,1`, ['register-line 3:1']],
    ['no login', `${header}\n${line.replace('zoe-lefevre', '')}\n`, ['register-login 2:1']],
    ['a login that is none', `${header}\n${line.replace('zoe-lefevre', 'Zoé L')}\n`, ['register-login 2:1']],
    [
      'a day that is none',
      `${header}\n${line.replace('2027-02-01,', '2027-02-30,1/3/27')}\n`,
      ['register-day 2:58'],
    ],
    [
      'one login twice',
      `${header}\n${line}\n${line.replace('00417', '18').replace('zoe@', 'z@')}\n`,
      ['register-twice 3:1'],
    ],
    [
      'one address twice',
      `${header}\n${line}\n${line.replace('zoe-l', 'z-l').replace('00417', '18')}\n`,
      ['register-twice 3:26'],
    ],
    ['another course', `${header}\n${line.replace(/net$/, 'ten')}\n`, ['register-course 2:106']],
    [
      'a merge that was not finished',
      `${header}\n<<<<<<< HEAD\n${line}\n=======\n${line}\n>>>>>>> other\n`,
      ['merge-conflict 2:1', 'merge-conflict 4:1', 'merge-conflict 6:1'],
    ],
  ])('with %s is refused', (_, text, expected) => expect(places(text)).toEqual(expected))

  test('gives back whatever was written', () => {
    const text = fc.stringMatching(/^[a-zA-Zé',;"|()-][a-zA-Z é',;"|()-]{0,12}[a-zA-Zé]$/)
    const entry = fc
      .tuple(fc.option(text), fc.option(text), text)
      .map(([name, group, from]): Entry => ({ ...zoe, name, group, from }))
    fc.assert(
      fc.property(entry, (one) => {
        const outcome = read(registerText([one], 'net'))
        expect(outcome.ok && outcome.value.map((back) => ({ ...back, where: null }))).toEqual([one])
      }),
    )
  })
})
