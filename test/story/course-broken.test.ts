// Proves that every broken course file gives its faults, each at its place, all at once, and never a secret.
// The whole wording is in broken/*.txt beside; read them when they change.
import { describe, expect, test } from 'vitest'
import type { Fault } from '../../src/core/fault.ts'
import { showFaults } from '../../src/core/fault-text.ts'
import { broken, read, soundDuid, soundText } from './sound-course.ts'

type Case = {
  /** Name of the golden file. */
  name: string
  text: string
  /** `code line:column`, in order. */
  faults: string[]
  files?: Record<string, string | Uint8Array>
}

const duidLine = `duid: ${soundDuid}`

const cases: Case[] = [
  {
    name: 'unquoted-fe80',
    text: broken(['gateway: ra', 'gateway: fe80::']),
    faults: ['address-read-as-key 29:16'],
  },
  {
    name: 'unquoted-address-in-braces',
    text: broken(['- {kind: ssd, size: 500 GB}', '- {kind: ssd, size: fe80::}']),
    faults: ['address-read-as-key 23:27'],
  },
  {
    name: 'unquoted-address-in-list',
    text: broken(['budget: 200', 'networks:\n  resolvers: [fe80::, 2620:fe::fe]']),
    faults: ['address-read-as-key 33:15'],
  },
  {
    name: 'block-without-length',
    text: broken(['2a01:e0a:17::/56', '2a01:e0a:17::1']),
    faults: ['bad-prefix 27:14'],
  },
  {
    name: 'block-with-host-bits',
    text: broken(['2a01:e0a:17::/56', '2a01:e0a:17:1::/56']),
    faults: ['host-bits 27:14'],
  },
  { name: 'ipv4-block', text: broken(['2a01:e0a:17::/56', '198.51.100.0/24']), faults: ['bad-prefix 27:14'] },
  {
    name: 'client-for-routed',
    text: broken(['dhcpv6-pd', 'routed'], [duidLine, 'client: dhcpcd']),
    faults: ['ipv6-key-unused 28:15'],
  },
  {
    name: 'proxy-for-delegated',
    text: broken([duidLine, `${duidLine}\n      proxy: ndppd`]),
    faults: ['ipv6-key-unused 29:14'],
  },
  {
    name: 'next-hop-for-on-link',
    text: broken(['dhcpv6-pd', 'on-link'], [duidLine, 'next_hop: 2a01:e0a:99::2/64']),
    faults: ['ipv6-key-unused 28:17'],
  },
  {
    name: 'next-hop-without-length',
    text: broken(['dhcpv6-pd', 'routed'], [duidLine, 'next_hop: 2a01:e0a:99::2']),
    faults: ['bad-interface-address 28:17'],
  },
  {
    name: 'unknown-client',
    text: broken([duidLine, `${duidLine}\n      client: systemd`]),
    faults: ['unknown-value 29:15'],
  },
  {
    name: 'duid-too-short',
    text: broken([soundDuid, soundDuid.slice(0, -3)]),
    faults: ['duid-length 28:13'],
  },
  {
    name: 'duid-llt-too-short',
    text: broken([soundDuid, '00:01:00:01:2a:5c:a1:ab:1e:ca:fe:00:11']),
    faults: ['duid-length 28:13'],
  },
  {
    name: 'duid-not-hex',
    text: broken([soundDuid, '00:03:00:01:5c:a1:ab:1e:ca:zz']),
    faults: ['bad-duid 28:13'],
  },
  { name: 'duid-without-type', text: broken([soundDuid, soundDuid.slice(6)]), faults: ['duid-length 28:13'] },
  {
    name: 'duid-as-number',
    text: broken([soundDuid, '00030001123456781234']),
    faults: ['read-as-number 28:13'],
  },
  { name: 'duid-missing', text: broken([`      ${duidLine}\n`, '']), faults: ['no-duid 25:5'] },
  {
    name: 'duid-for-routed',
    text: broken(['delivery: dhcpv6-pd', 'delivery: routed']),
    faults: ['duid-unused 28:13'],
  },
  { name: 'duid-file-missing', text: broken([duidLine, 'duid_file: os1.duid']), faults: ['no-file 28:18'] },
  {
    name: 'duid-file-wrong',
    text: broken([duidLine, 'duid_file: os1.duid']),
    faults: ['bad-duid 28:18'],
    files: { 'os1.duid': 'the DUID of os1' },
  },
  { name: 'name-as-number', text: broken(['name: sound', 'name: 00123']), faults: ['read-as-number 2:9'] },
  {
    name: 'name-as-exponent',
    text: broken(['title: A sound course', 'title: 1e3']),
    faults: ['read-as-number 3:10'],
  },
  {
    name: 'name-as-truth',
    text: broken(['title: A sound course', 'title: true']),
    faults: ['read-as-boolean 3:10'],
  },
  {
    name: 'no-for-false',
    text: broken(['budget: 200', 'networks:\n  direct: no\n  class: yes']),
    faults: ['not-a-boolean 33:11', 'not-a-boolean 34:10'],
  },
  {
    name: 'release-as-number',
    text: broken(['budget: 200', 'engine:\n  release: 2025.1']),
    faults: ['read-as-number 33:12'],
  },
  {
    name: 'unknown-keys',
    text: broken(
      ['per_student: 1', 'per_studnet: 1'],
      ['    cores: 16', '    cpus: 16'],
      ['budget: 200', 'buget: 200'],
    ),
    faults: ['unknown-key 13:3', 'unknown-key 20:5', 'unknown-key 32:1'],
  },
  {
    name: 'key-in-the-wrong-section',
    text: broken(['per_student: 1', 'per_student: 1\n  block: 2a01:e0a:17::/56']),
    faults: ['unknown-key 14:3'],
  },
  {
    name: 'merge-key',
    text: broken(['    cores: 16', '    <<: {cores: 16}']),
    faults: ['no-size 18:5', 'unknown-key 20:5'],
  },
  {
    name: 'duplicate-key',
    text: broken(['  end: 2027-06-30', '  end: 2027-06-30\n  end: 2027-07-31']),
    faults: ['duplicate-key 6:3'],
  },
  {
    name: 'missing-hyphen',
    text: broken(['  - name: os1\n    provider: adopted', '    name: os1\n    provider: adopted']),
    faults: ['wrong-type 17:1'],
  },
  { name: 'tab', text: broken(['  count: 24', '\tcount: 24']), faults: ['tab 8:1'] },
  {
    name: 'indentation',
    text: broken(['  end: 2027-06-30', '   end: 2027-06-30']),
    faults: ['indentation 4:10'],
  },
  {
    name: 'open-quote',
    text: broken(['title: A sound course', 'title: "A sound course']),
    faults: ['yaml-syntax 3:10'],
  },
  {
    name: 'open-bracket',
    text: broken(['- {kind: ssd, size: 500 GB}', '- {kind: ssd, size: 500 GB']),
    faults: ['open-bracket 24:5'],
  },
  {
    name: 'colon-in-title',
    text: broken(['title: A sound course', 'title: Networks: part 2']),
    faults: ['colon-in-value 3:10'],
  },
  { name: 'no-blank-after-colon', text: broken(['  count: 24', '  count:24']), faults: ['yaml-syntax 8:3'] },
  {
    name: 'at-sign',
    text: broken(['title: A sound course', 'title: @school']),
    faults: ['yaml-syntax 3:10'],
  },
  { name: 'two-documents', text: `${soundText}---\n${soundText}`, faults: ['yaml-syntax 33:1'] },
  { name: 'alias-to-nowhere', text: broken(['ram: 512 MiB', 'ram: *small']), faults: ['bad-alias 14:8'] },
  {
    name: 'alias-to-itself',
    text: broken(['students:', 'students: &s\n  self: *s']),
    faults: ['bad-alias 8:9'],
  },
  {
    name: 'alias-bomb',
    text: `a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n`,
    faults: ['bad-alias 2:8'],
  },
  { name: 'empty-value', text: broken(['ram: 512 MiB', 'ram:']), faults: ['empty-value 14:3'] },
  {
    name: 'size-without-unit',
    text: broken(['ram: 512 MiB', 'ram: 512'], ['ram: 32 GiB', "ram: '32'"]),
    faults: ['no-unit 14:8', 'bad-size 21:10'],
  },
  {
    name: 'size-of-nothing',
    text: broken(['disk: 5 GiB', 'disk: 0 GiB'], ['ram: 512 MiB', 'ram: half a GiB']),
    faults: ['bad-size 14:8', 'bad-size 15:9'],
  },
  { name: 'disk-not-whole', text: broken(['disk: 5 GiB', 'disk: 5.5 GiB']), faults: ['not-whole 15:9'] },
  {
    name: 'decimal-comma',
    text: broken(['monthly: 30', "monthly: '17,50'"], ['budget: 200', 'budget: 200 €']),
    faults: ['not-a-number 24:22', 'not-a-number 32:9'],
  },
  { name: 'half-cents', text: broken(['monthly: 30', 'monthly: 30.125']), faults: ['not-cents 24:22'] },
  {
    name: 'two-prices',
    text: broken(['{monthly: 30, months: 5}', '{monthly: 30, total: 150}']),
    faults: ['one-price 24:5'],
  },
  {
    name: 'months-of-nothing',
    text: broken(['{monthly: 30, months: 5}', '{hourly: 0.1, months: 5}']),
    faults: ['price-span 24:34'],
  },
  {
    name: 'french-date',
    text: broken(['2027-02-01', '01/02/2027'], ['2027-06-30', '2027-06-31']),
    faults: ['bad-date 4:10', 'bad-date 5:8'],
  },
  {
    name: 'end-before-start',
    text: broken(['end: 2027-06-30', 'end: 2026-06-30']),
    faults: ['end-before-start 5:8'],
  },
  {
    name: 'count-and-roster',
    text: broken(['  count: 24', '  count: 24\n  roster: roster.csv']),
    faults: ['count-or-roster 7:1'],
  },
  { name: 'neither-count-nor-roster', text: broken(['  count: 24\n', '']), faults: ['count-or-roster 7:1'] },
  { name: 'roster-missing', text: broken(['count: 24', 'roster: class.csv']), faults: ['no-file 8:11'] },
  {
    name: 'groups-two-ways',
    text: broken(['    size: 12', '    size: 12\n    count: 2']),
    faults: ['one-way-to-group 9:3'],
  },
  {
    name: 'groups-that-do-not-add-up',
    text: broken(['    size: 12', '    named:\n      - {name: a, size: 12}\n      - {name: b, size: 11}']),
    faults: ['group-sizes 9:3'],
  },
  {
    name: 'group-on-no-server',
    text: broken([
      '    size: 12',
      '    named:\n      - {name: a, size: 12, server: os2}\n      - {name: a, size: 12}',
    ]),
    faults: ['unknown-server 11:37', 'same-name 12:16'],
  },
  {
    name: 'too-many-students',
    text: broken(['count: 24', 'count: 24000'], ['per_student: 1', 'per_student: 0.5']),
    faults: ['out-of-range 8:10', 'not-a-number 13:16'],
  },
  {
    name: 'unknown-words',
    text: broken(
      ['provider: adopted', 'provider: dedibx'],
      ['delivery: dhcpv6-pd', 'delivery: dhcp'],
      ['kind: ssd', 'kind: SSD'],
    ),
    faults: ['unknown-value 19:15', 'unknown-value 23:16', 'unknown-value 26:17'],
  },
  {
    name: 'two-servers-of-one-name',
    text: broken(['budget: 200', '  - {name: os1, role: jump, provider: adopted}']),
    faults: ['same-name 32:12'],
  },
  {
    name: 'no-cloud',
    text: broken(['  - name: os1', '  - name: os1\n    role: lab']),
    faults: ['no-cloud 17:1'],
  },
  {
    name: 'server-without-size',
    text: broken(['    cores: 16\n    ram: 32 GiB\n', '']),
    faults: ['no-size 18:5'],
  },
  {
    name: 'server-without-ipv6',
    text: soundText.replace(/ {4}ipv6:[^]*?\n\n/, '\n'),
    faults: ['no-ipv6 18:5'],
  },
  {
    name: 'name-for-no-host',
    text: broken(['name: sound', 'name: Clermont 2024'], ['name: os1', 'name: -os1']),
    faults: ['bad-name 2:9', 'bad-name 18:11'],
  },
  {
    name: 'sections-missing',
    text: 'course:\n  name: sound\n',
    faults: [
      'no-cloud 1:1',
      'missing-key 1:1',
      'missing-key 1:1',
      'missing-key 1:1',
      'missing-key 1:1',
      'missing-key 1:1',
    ],
  },
  {
    name: 'servers-as-section',
    text: broken(['servers:\n  - name: os1', 'servers:\n    name: os1']),
    faults: ['wrong-type 17:1'],
  },
  { name: 'a-list', text: '- course\n- students\n', faults: ['wrong-type 1:1'] },
  { name: 'a-text', text: 'hello\n', faults: ['wrong-type 1:1'] },
  { name: 'empty', text: '', faults: ['empty-file 1:1'] },
  { name: 'only-comments', text: '# nothing\n\n', faults: ['empty-file 1:1'] },
  {
    name: 'terminal-escapes',
    text: broken(['title: A sound course', 'titel: "\\e[2J"'], ['name: sound', 'name: \u202e\u0007']),
    faults: ['bad-name 2:9', 'unknown-key 3:3'],
  },
  {
    name: 'unseen-characters',
    text: broken(['title: A sound course', 'title: "A \\e[2Jsound\\u202e course"']),
    faults: ['control-characters 3:10'],
  },
  {
    name: 'options-for-ssh',
    text: broken(
      ['    cores: 16', '    address: -oProxyCommand=reboot\n    cores: 16'],
      ['uplink: eno1', 'uplink: ../../eno1'],
      ['budget: 200', "access: {user: '-root', jump: 'me@-x'}"],
    ),
    faults: ['bad-word 20:14', 'bad-word 31:15', 'bad-word 33:16', 'bad-word 33:31'],
  },
  {
    name: 'vantages',
    text: broken([
      'budget: 200',
      `check:
  vantages:
    - {name: maison, ssh: alice@home server}
    - {name: maison, ssh: -oProxyCommand=reboot, country: france}
  globalping: {enabled: true, locations: [], token: abc}`,
    ]),
    faults: [
      'bad-word 34:27',
      'same-name 35:14',
      'bad-word 35:27',
      'bad-format 35:59',
      'out-of-range 36:31',
      'unknown-key 36:46',
    ],
  },
  {
    name: 'devstack-keys-for-packages',
    text: broken([
      'budget: 200',
      `engine:
  kind: packages
  release: '2025.2'
  git_base: https://git.example.org
  pip_index: https://pypi.example.org/simple
  image_urls: [file:///srv/tiny.img]`,
    ]),
    faults: [
      'release-not-packaged 34:12',
      'engine-key-unused 35:13',
      'engine-key-unused 36:14',
      'engine-key-unused 37:3',
    ],
  },
  {
    name: 'urls-of-devstack',
    text: broken([
      'budget: 200',
      `engine:
  kind: devstack
  release: 2026.2
  git_base: opendev.org
  pip_index: ftp://pypi.example.org/simple
  image_urls:
    - file://srv/tiny.img
    - 'https://example.org/a.img,b.img'
    - https://`,
    ]),
    faults: [
      'read-as-number 34:12',
      'bad-url 35:13',
      'bad-url 36:14',
      'bad-url 38:7',
      'bad-url 39:7',
      'bad-url 40:7',
    ],
  },
  {
    name: 'password-in-url',
    text: broken([
      'budget: 200',
      `engine:
  kind: devstack
  git_base: https://token@git.example.org
  pip_index: https://me:hunter2@pypi.example.org/simple`,
    ]),
    faults: ['url-credentials 34:13', 'url-credentials 35:14'],
  },
  {
    name: 'os-of-a-rented-server',
    text: broken(
      ['    cores: 16', '    os: debian-13\n    cores: 16'],
      [
        'budget: 200',
        '  - {name: os2, role: lab, provider: rehearsal, os: debian-12}\n  - {name: os3, role: lab, provider: rehearsal, os: ubuntu}',
      ],
    ),
    faults: ['os-installed 20:9', 'os-without-packages 33:53', 'unknown-value 34:53'],
  },
  {
    name: 'adopted-with-servers',
    text: broken([
      'budget: 200',
      `engine: {kind: adopted, cinder: true}
clouds:
  - {name: os1}
  - {name: lyon, seats: lots}
  - {name: lyon, entrie: lyon-admin}`,
    ]),
    faults: [
      'adopted-with-servers 18:5',
      'engine-key-unused 32:33',
      'same-name 34:12',
      'not-a-number 35:25',
      'same-name 36:12',
      'unknown-key 36:18',
    ],
  },
  {
    name: 'adopted-without-clouds',
    text: 'course: {name: c, title: C, start: 2027-02-01, end: 2027-06-30}\nstudents: {count: 2}\ninstances: {per_student: 1, ram: 512 MiB, disk: 5 GiB}\nengine: {kind: adopted}\n',
    faults: ['no-cloud 1:1'],
  },
  {
    name: 'prototype',
    text: broken(['budget: 200', '__proto__: {polluted: true}\nconstructor: 1']),
    faults: ['unknown-key 32:1', 'unknown-key 33:1'],
  },
]

const place = (fault: Fault) => `${fault.code} ${fault.where?.line}:${fault.where?.column}`

describe('a broken course file', () => {
  test.each(cases)('$name', async ({ name, text, faults, files }) => {
    const outcome = read(text, files)
    if (outcome.ok) throw new Error('it loads')
    const shown = `${showFaults(outcome.faults)}\n`
    expect(shown).not.toContain(soundDuid.slice(12))
    await expect(shown).toMatchFileSnapshot(`broken/${name}.txt`)
    expect(outcome.faults.map(place)).toEqual(faults)
  })

  test('there are more than thirty of them, and the text they break loads', () => {
    expect(cases.length).toBeGreaterThan(30)
    expect(new Set(cases.map((one) => one.name)).size).toBe(cases.length)
    expect(read(soundText).ok).toBe(true)
  })
})
