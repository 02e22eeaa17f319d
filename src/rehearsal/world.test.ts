import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Prefix } from '../core/prefix.ts'
import { sampleInput, worldOf } from './sample-world.ts'
import { linkLocalOf, rehearsalWorld, type ServerInput } from './world.ts'

const slug = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/)
const servers = fc.uniqueArray(slug, { minLength: 1, maxLength: 40 }).map((names) =>
  names.map((name, i): ServerInput => ({
    name,
    delivery: { kind: 'routed', block: Prefix.of(`2001:db8:${i.toString(16)}::/48`), gateway: 'ra' },
  })),
)

describe('names', () => {
  it('of interfaces fit in the 15 characters of the kernel, and nothing is named twice, whatever the course is called', () => {
    fc.assert(
      fc.property(slug, servers, (name, all) => {
        const world = worldOf({ ...sampleInput, name, servers: all })
        const cards = world.servers.flatMap(({ segment, port }) => [segment, port])
        const unique = [
          ...cards,
          ...world.servers.flatMap((one) => [
            one.namespace,
            one.mac,
            one.ipv4.address,
            one.uplink.toString(),
          ]),
          world.edge.namespace,
          world.internet.namespace,
          world.campus.namespace,
        ]
        expect(cards.filter((card) => card.length > 15)).toEqual([])
        expect(new Set(unique).size).toBe(unique.length)
      }),
    )
  })

  it('begin with bateau and the name of the course', () => {
    const world = worldOf()
    const namespaces = [world.edge, world.internet, ...world.servers].map(({ namespace }) => namespace)
    expect(namespaces).toEqual([
      'bateau-course-edge',
      'bateau-course-inet',
      'bateau-course-server-os1',
      'bateau-course-server-os2',
    ])
  })

  it('come with a mark that tells two worlds of one name apart', () => {
    const other = { state: '/home/somebody/else', cache: '/var/cache/x' }
    expect(worldOf({ ...sampleInput, directories: other }).mark).not.toBe(worldOf().mark)
    expect(worldOf().mark).toBe(worldOf().mark)
  })
})

describe('addresses', () => {
  it('a made MAC is locally administered and no group address', () => {
    fc.assert(
      fc.property(slug, servers, (name, all) => {
        for (const { mac } of worldOf({ ...sampleInput, name, servers: all }).servers)
          expect(mac).toMatch(/^02(:[0-9a-f]{2}){5}$/)
      }),
    )
  })

  it('a routed block goes to the link-local address that the kernel makes from the MAC', () => {
    const [os1] = worldOf().servers
    expect(os1 && linkLocalOf(os1).toString()).toBe('fe80::ff:fe00:1')
  })

  it('the edge announces on every segment but those whose course names the gateway', () => {
    const { servers: all } = sampleInput
    const fixed: ServerInput = {
      name: 'os3',
      delivery: {
        kind: 'routed',
        block: Prefix.of('2001:2:0:3000::/56'),
        gateway: Prefix.of('fe80::/64').host(1),
      },
    }
    const world = worldOf({ ...sampleInput, servers: [...all, fixed] })
    expect(world.servers.map(({ announced }) => announced)).toEqual([true, true, false])
  })
})

describe('refused', () => {
  const codes = (input: Parameters<typeof rehearsalWorld>[0]) => {
    const made = rehearsalWorld(input)
    return made.ok ? [] : made.faults.map(({ code }) => code)
  }
  const routed = (name: string, block: string): ServerInput => ({
    name,
    delivery: { kind: 'routed', block: Prefix.of(block), gateway: 'ra' },
  })

  it.each([
    [
      'two servers whose blocks overlap',
      ['2001:db8::/48', '2001:db8:0:100::/56'],
      ['rehearsal-blocks-overlap'],
    ],
    ["a block that holds the rehearsal's own links", ['2001:2::/48'], ['rehearsal-own-prefix']],
    [
      'both at once',
      ['2001:2::/32', '2001:2:0:ff00::/64'],
      ['rehearsal-blocks-overlap', 'rehearsal-own-prefix', 'rehearsal-own-prefix'],
    ],
    ['nothing of the usual', ['2001:2:0:fe00::/56', '2001:db8::/32'], []],
  ])('%s', (_, blocks, expected) => {
    expect(codes({ ...sampleInput, servers: blocks.map((block, i) => routed(`os${i}`, block)) })).toEqual(
      expected,
    )
  })

  it('more servers than there are segments', () => {
    const many = Array.from({ length: 201 }, (_, i) => routed(`os${i}`, `2001:db8:${i.toString(16)}::/48`))
    expect(codes({ ...sampleInput, servers: many })).toEqual(['rehearsal-too-many'])
  })

  it.each(['relative/path', '/with space', '/srv/git:/etc', "/with'quote"])('git at %s', (git) => {
    expect(codes({ ...sampleInput, git })).toEqual(['rehearsal-git'])
  })

  it.each(['relative/path', '/with space', '/with:colon', '/with,comma', "/with'quote"])(
    'the path %s',
    (state) => {
      expect(codes({ ...sampleInput, directories: { state, cache: '/var/cache/x' } })).toEqual([
        'rehearsal-path',
      ])
    },
  )
})
