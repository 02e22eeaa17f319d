// Decides what must hold between keys of the course file: one of two, both or neither, names that exist.
// Leaves single values to schema, and what is unwise rather than impossible to plan/lint.
import type { Fault } from '../core/fault.ts'
import { pathText, type Path } from './course.ts'
import { engineRule } from './cross-engine.ts'
import type { YamlFile } from './document.ts'
import { isMistyped, valueAt, wordOf } from './issues.ts'
import type { Get, Report } from './rule.ts'
import { nearest } from './suggest.ts'

/** Looks at the values as YAML gave them, so that these faults come together with those of single values. */
export function crossFaults(file: YamlFile): Fault[] {
  const faults: Fault[] = []
  const report: Report = (path, code, title, why, fix) => {
    const where = file.at(path)
    faults.push({ code, title: `${pathText(path)}: ${title}`, why, fix, ...(where && { where }) })
  }
  const get = (...path: Path) => valueAt(file.value, path)
  dates(get, report)
  students(get, report)
  const servers = listOf(get('servers'))
  const adopted = listOf(get('clouds'))
  const clouds = [
    ...serverNames(get, adopted, report),
    ...adopted.map((one) => wordOf(valueAt(one, ['name']))),
  ]
  servers.forEach((server, i) => {
    priceRule(server, ['servers', i, 'price'], report)
    ipv6Rule(server, ['servers', i], report)
    sizeRule(server, ['servers', i], report, (key) => isMistyped(key, file))
  })
  pins(get, clouds, report)
  engineRule(get, servers, report)
  twice(listOf(get('check', 'vantages')), ['check', 'vantages'], 'vantage', report)
  return faults
}

const has = (section: unknown, key: string) => valueAt(section, [key]) !== undefined
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

function dates(get: Get, report: Report) {
  const [start, end] = [get('course', 'start'), get('course', 'end')]
  if (
    typeof start === 'string' &&
    typeof end === 'string' &&
    /^\d{4}-\d\d-\d\d$/.test(start) &&
    /^\d{4}-\d\d-\d\d$/.test(end) &&
    end <= start
  )
    report(
      ['course', 'end'],
      'end-before-start',
      `not after course.start (${start})`,
      'the end is the day on which everything is taken down',
      'swap the two, or correct the year',
    )
}

function students(get: Get, report: Report) {
  const section = get('students')
  if (typeof section !== 'object' || section === null) return
  const both = has(section, 'count') && has(section, 'roster')
  if (both || (!has(section, 'count') && !has(section, 'roster')))
    report(
      ['students'],
      'count-or-roster',
      both ? '`count` and `roster` are both given' : 'neither `count` nor `roster` is given',
      'the roster says how many there are; `count` stands in for it',
      both ? 'remove `count`' : 'add `count: 24`, or `roster: roster.csv`',
    )
  const ways = ['size', 'count', 'named'].filter((way) => has(get('students', 'groups'), way))
  if (ways.length > 1)
    report(
      ['students', 'groups'],
      'one-way-to-group',
      `${ways.join(' and ')} are both given`,
      'each is another way to split the students',
      'keep one of them',
    )
  twice(listOf(get('students', 'groups', 'named')), ['students', 'groups', 'named'], 'group', report)
}

/** Of servers with role cloud. Of a course of clouds that exist already there may be none. */
function serverNames(get: Get, adopted: readonly unknown[], report: Report): string[] {
  const section = get('servers')
  const servers = listOf(section)
  twice(servers, ['servers'], 'server', report)
  twice(adopted, ['clouds'], 'cloud', report)
  sameAsServer(servers, adopted, report)
  const clouds = servers.filter((server) => (valueAt(server, ['role']) ?? 'cloud') === 'cloud')
  const isList = Array.isArray(section) || (section === undefined && get('course') !== undefined)
  if (isList && adopted.length === 0 && clouds.length === 0)
    report(
      ['servers'],
      'no-cloud',
      'no server has role cloud',
      'there is nothing to put instances on',
      'give one server `role: cloud`, or leave its role out; or name `clouds` that exist already',
    )
  return clouds.map((server) => wordOf(valueAt(server, ['name'])))
}

function twice(items: readonly unknown[], path: Path, what: string, report: Report) {
  const seen = new Map<unknown, number>()
  items.forEach((item, i) => {
    const name = valueAt(item, ['name'])
    if (typeof name !== 'string') return
    const before = seen.get(name)
    if (before === undefined) seen.set(name, i)
    else
      report(
        [...path, i, 'name'],
        'same-name',
        `${what} ${name} is already ${pathText([...path, before])}`,
        'names tell them apart everywhere',
        `give it another name, for example ${name}b`,
      )
  })
}

/** Groups are placed by name, whichever of the two it is of. */
function sameAsServer(servers: readonly unknown[], adopted: readonly unknown[], report: Report) {
  const names = servers.map((server) => valueAt(server, ['name']))
  adopted.forEach((cloud, i) => {
    const name = valueAt(cloud, ['name'])
    const at = names.indexOf(name)
    if (typeof name === 'string' && at >= 0)
      report(
        ['clouds', i, 'name'],
        'same-name',
        `cloud ${name} is already ${pathText(['servers', at])}`,
        'names tell them apart everywhere',
        `give it another name, for example ${name}b, and the entry of clouds.yaml as entry: ${name}`,
      )
  })
}

function priceRule(server: unknown, path: Path, report: Report) {
  const price = valueAt(server, ['price'])
  if (typeof price !== 'object' || price === null) return
  const ways = ['monthly', 'hourly', 'total'].filter((way) => has(price, way))
  if (ways.length !== 1)
    report(
      path,
      'one-price',
      ways.length === 0 ? 'no amount' : `${ways.join(' and ')} are both given`,
      'a server is paid by the month, by the hour, or at a known total',
      'keep one of `monthly`, `hourly`, `total`; or remove `price` to use the catalogue',
    )
  for (const [span, rate] of [
    ['months', 'monthly'],
    ['hours', 'hourly'],
  ] as const)
    if (ways.length === 1 && has(price, span) && !has(price, rate))
      report(
        [...path, span],
        'price-span',
        `${span} without ${rate}`,
        `it multiplies ${rate}`,
        `remove it, or write ${rate}`,
      )
}

const keysOfOneDelivery = [
  ['client', 'dhcpv6-pd', 'it asks for a block that is delegated by DHCPv6'],
  ['next_hop', 'routed', 'it is where a provider routes a block to'],
  ['proxy', 'on-link', "it answers neighbour discovery of the provider's router"],
] as const

function ipv6Rule(server: unknown, path: Path, report: Report) {
  const ipv6 = valueAt(server, ['ipv6'])
  const cloud = (valueAt(server, ['role']) ?? 'cloud') === 'cloud'
  if (ipv6 === undefined) {
    if (cloud && typeof server === 'object' && server !== null)
      report(
        path,
        'no-ipv6',
        'a server with role cloud needs `ipv6`',
        'instances get addresses of a block that reaches this server',
        'add how the block arrives: ipv6: {delivery: routed, block: 2001:db8:17::/56}',
      )
    return
  }
  const delivery = valueAt(ipv6, ['delivery'])
  const here: Path = [...path, 'ipv6']
  const duids = ['duid', 'duid_file'].filter((key) => has(ipv6, key))
  if (delivery === 'dhcpv6-pd' && duids.length === 0)
    report(
      here,
      'no-duid',
      '`duid` is missing',
      'the provider delegates the block only to whoever shows its DUID',
      "copy it from the provider's console, beside the block; or name its file: duid_file",
    )
  if (duids.length === 2)
    report(
      [...here, 'duid_file'],
      'two-duids',
      '`duid` and `duid_file` are both given',
      'only one of them could count',
      'keep the file',
    )
  if (['routed', 'on-link', 'slaac-only'].includes(wordOf(delivery)) && duids[0] !== undefined)
    report(
      [...here, duids[0]],
      'duid-unused',
      `delivery ${wordOf(delivery)} uses no DUID`,
      'a DUID is for a block delegated by DHCPv6',
      'write delivery: dhcpv6-pd, or remove it',
    )
  for (const [key, of, why] of keysOfOneDelivery)
    if (typeof delivery === 'string' && delivery !== of && has(ipv6, key))
      report(
        [...here, key],
        'ipv6-key-unused',
        `delivery ${delivery} has no use for \`${key}\``,
        why,
        `write delivery: ${of}, or remove it`,
      )
  if (typeof delivery === 'string' && delivery !== 'slaac-only' && !has(ipv6, 'block'))
    report(
      here,
      'no-block',
      '`block` is missing',
      'without the block there are no addresses to lay out',
      "copy it from the provider's console, for example block: 2001:db8:17::/56",
    )
}

function sizeRule(server: unknown, path: Path, report: Report, mistyped: (path: Path) => boolean) {
  if (
    typeof server !== 'object' ||
    server === null ||
    (valueAt(server, ['role']) ?? 'cloud') !== 'cloud' ||
    has(server, 'offer')
  )
    return
  const missing = ['cores', 'ram', 'disks'].filter((key) => !has(server, key) && !mistyped([...path, key]))
  if (missing.length > 0)
    report(
      path,
      'no-size',
      `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`,
      'the plan counts what fits',
      'write them, or name the `offer`',
    )
}

function pins(get: Get, clouds: readonly string[], report: Report) {
  listOf(get('students', 'groups', 'named')).forEach((group, i) => {
    const server = valueAt(group, ['server'])
    if (typeof server !== 'string' || clouds.includes(server)) return
    const guess = nearest(server, clouds)
    report(
      ['students', 'groups', 'named', i, 'server'],
      'unknown-server',
      `${server} is no server with role cloud`,
      'a group is placed where instances run',
      guess === undefined ? `write one of ${clouds.join(', ')}` : `did you mean ${guess}?`,
    )
  })
}
