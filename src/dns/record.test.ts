import { expect, it } from 'vitest'
import { Address } from '../core/prefix.ts'
import { addressRecords, pointerRecords } from './names.ts'
import { below, hostLabel, readZone, reverseName } from './record.ts'
import { readDig } from './dig.ts'
import { statusFault } from './rfc2136-fault.ts'

it.each([
  ['vm1', 'vm1'],
  ['Serveur Élève', 'serveur-eleve'],
  ['  web_01.local ', 'web-01-local'],
  ['*', null],
  ['-', null],
  ['日本', null],
])('makes a label of an instance called %j', (given, made) => {
  expect(hostLabel(given)).toBe(made)
})

it.each(['course.example', 'COURSE.example.', '7.1.0.0.8.b.d.0.1.0.0.2.ip6.arpa'])(
  'takes %s for a zone',
  (text) => {
    expect(readZone(text).ok).toBe(true)
  },
)
it.each(['', '.', 'a b', 'course.example\nupdate delete www', '-x.example', `${'a'.repeat(64)}.example`])(
  'does not take %j for one',
  (text) => {
    expect(readZone(text).ok).toBe(false)
  },
)

it('knows what is below a zone, and not what only ends alike', () => {
  expect(below('jump.course.example', 'course.example')).toBe('jump')
  expect(below('course.example', 'course.example')).toBe(null)
  expect(below('ajump.othercourse.example', 'course.example')).toBe(null)
})

/** The example of RFC 3596 section 2.5. */
it('writes the reverse name of an address', () => {
  expect(reverseName(Address.of('4321:0:1:2:3:4:567:89ab'))).toBe(
    'b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa',
  )
})

it('points back only from addresses of the reverse zone, and from each to one name', () => {
  const hosts = [
    { name: 'os1', addresses: ['2001:db8:17::1', '192.0.2.1'] },
    { name: 'jump', addresses: ['2001:db8:17::1'] },
    { name: 'far', addresses: ['2001:db8:18::1'] },
  ]
  const zones = { zone: 'course.example', reverse: '7.1.0.0.8.b.d.0.1.0.0.2.ip6.arpa' }
  expect(pointerRecords(hosts, zones, 300).map(({ data }) => data)).toEqual([['os1.course.example.']])
  expect(addressRecords(hosts, 300).map(({ name, type }) => `${name} ${type}`)).toEqual([
    'os1 AAAA',
    'os1 A',
    'jump AAAA',
    'far AAAA',
  ])
})

it('reads of a signature that was refused why', () => {
  const said = `;; Couldn't verify signature: tsig indicates error
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NOTAUTH, id: 214
;; flags: qr; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 2

;; QUESTION SECTION:
;course.example.\t\t\tIN\tSOA

;; TSIG PSEUDOSECTION:
course.\t\t0\tANY\tTSIG\thmac-sha256. 1700000000 300 0 214 BADTIME 6 AABlZ1k=
`
  const [reply] = readDig(said)
  expect(reply).toMatchObject({ status: 'BADTIME', question: { name: 'course.example', type: 'SOA' } })
  const place = { zone: 'course.example', server: 'ns1', port: 53, keyFile: 'dns.key' }
  expect(statusFault(reply?.status ?? '', place)).toMatchObject({ code: 'dns-clock' })
})
