// Decides the keys of one server in the course file: its offer, its size, its price, how IPv6 reaches it.
// Leaves the other sections to schema, and what needs two keys at once to cross.
import { z } from 'zod'
import {
  about,
  address,
  count,
  disk,
  duid,
  gateway,
  host,
  interfaceAddress,
  interfaceName,
  memory,
  money,
  parsed,
  prefix,
  slug,
  text,
} from './field.ts'
import { bad, good } from '../core/fault.ts'

const price = z
  .strictObject({
    monthly: money(about('Amount a month.', 17.5)).optional(),
    months: count(1, 120)
      .optional()
      .meta(about('Months paid. Left out: those that course.start to course.end begin.', 3)),
    hourly: z
      .number()
      .min(0)
      .max(1000)
      .optional()
      .meta(about('Amount an hour; may have more than two decimals.', 0.091)),
    hours: count(1, 100_000)
      .optional()
      .meta(about('Hours paid. Left out: all from course.start to course.end.', 110)),
    total: money(about('Amount for the whole course, when it is known.', 60)).optional(),
    setup: money(about('Amount paid once.', 17.5)).default(0),
  })
  .meta(
    about(
      'What it costs: one of `monthly`, `hourly`, `total`. Left out: the price that bateau knows for the offer, with its date.',
    ),
  )

const ipv6 = z
  .strictObject({
    delivery: z
      .enum(['routed', 'dhcpv6-pd', 'on-link', 'slaac-only'])
      .meta(
        about(
          'How the block reaches the server: routed to it; delegated by DHCPv6 to a DUID; on-link, behind neighbour discovery; or a single address by SLAAC.',
          'dhcpv6-pd',
        ),
      ),
    block: prefix(
      about('The whole block that the provider gives to this server.', '2001:db8:17::/56'),
    ).optional(),
    duid: duid(
      about(
        'DUID of the block (dhcpv6-pd). Works like a private key: bateau never shows it.',
        '00:03:00:01:de:ad:be:ef:00:11',
      ),
    ).optional(),
    duid_file: text(400)
      .optional()
      .meta(
        about('File that holds the DUID, beside the course file, instead of `duid`.', 'secrets/os1.duid'),
      ),
    gateway: gateway(
      about(
        "The provider's router: `ra` when it announces itself, otherwise its address. Quote an address that ends in `::`.",
        'ra',
      ),
    ).default('ra'),
    next_hop: interfaceAddress(
      about(
        "Where the provider routes the block to, when that is not the server's link-local address (routed): an address that the uplink then has.",
        '2001:db8:1::2/64',
      ),
    ).optional(),
    client: z
      .enum(['networkd', 'dhcpcd', 'dhclient'])
      .optional()
      .meta(
        about(
          'What asks for the block (dhcpv6-pd). Left out: systemd-networkd where it configures the uplink and is new enough (Debian 12, Ubuntu 24.04), otherwise dhcpcd; dhclient on a server that runs it for that already.',
          'networkd',
        ),
      ),
    proxy: z
      .enum(['ndppd', 'kernel'])
      .optional()
      .meta(
        about(
          "What answers the provider's router for the instances (on-link): the program ndppd, or entries in the kernel that bateau's agent keeps. Left out: ndppd.",
          'ndppd',
        ),
      ),
    uplink: interfaceName(
      about('Network interface with the default route. Left out: found on the server.', 'eno1'),
    ).optional(),
  })
  .meta(about('How IPv6 arrives.'))

const addressing = z
  .strictObject({
    public: prefix(about('The /64 of network `direct`.', '2001:db8:17:1::/64')).optional(),
    public_gateway: address(
      about('Gateway of the instances on it: an address that the server itself has.', '2001:db8:17:1::1'),
    ).optional(),
    transit: prefix(
      about('The /64 that holds the gateways of class routers.', '2001:db8:17:2::/64'),
    ).optional(),
    pool: prefix(about('Where each group gets its /64 from.', '2001:db8:17:80::/57')).optional(),
    bridge_ports: z
      .array(interfaceName(about('Network interface.', 'eno2')))
      .max(8)
      .default([])
      .meta(about('Interfaces inside the public bridge. The uplink must never be one.', [])),
  })
  .meta(about('An address layout to keep. Left out, as it mostly should be: bateau lays the block out.'))

export const server = z.strictObject({
  name: slug(about('Name of the server; becomes its host name.', 'os1'), 24),
  role: z
    .enum(['cloud', 'jump', 'lab', 'retired'])
    .default('cloud')
    .meta(
      about(
        '`cloud` carries instances. The others only cost: a `jump` host, a `lab`, a `retired` server still on the bill.',
        'cloud',
      ),
    ),
  provider: z
    .enum(['adopted', 'rehearsal', 'elastic-metal', 'dedibox', 'ovh', 'hetzner'])
    .meta(
      about(
        'Whose it is. `adopted`: a server you have, from anyone. `rehearsal`: a container on this machine.',
        'dedibox',
      ),
    ),
  offer: text(60)
    .optional()
    .meta(
      about(
        "Name of the provider's offer; cores, memory, disks and price then come from bateau's catalogue.",
        'START-2-M-SSD',
      ),
    ),
  address: host(about('Host name or address for SSH.', 'os1.example.org')).optional(),
  os: z
    .enum(['debian-13', 'debian-12'])
    .optional()
    .meta(
      about(
        'System that a rehearsed server has; for provider rehearsal. Left out: the one that the engine runs on (debian-12 for DevStack 2025.1 and 2025.2, otherwise debian-13).',
        'debian-13',
      ),
    ),
  mac: parsed(
    about('MAC address of the uplink; only to notice a DUID that was rebuilt from it.', '02:00:5e:10:00:01'),
    (mac) =>
      /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)
        ? good(mac.toLowerCase())
        : bad({
            code: 'bad-mac',
            title: `not a MAC address: ${mac}`,
            why: 'it is six bytes in hexadecimal with colons',
            fix: 'copy what `ip link` shows after link/ether',
          }),
  ).optional(),
  cores: count(1, 1024).optional().meta(about('Processor cores (threads) of the server.', 8)),
  ram: memory(about('Memory of the server.', '16 GiB')).optional(),
  disks: z
    .array(
      z.strictObject({
        kind: z
          .enum(['ssd', 'nvme', 'hdd'])
          .meta(about('`hdd` is rotational: it does not carry a class.', 'ssd')),
        size: disk(about('Size of one disk. GB counts in powers of ten, GiB in powers of two.', '250 GB')),
        count: count(1, 100).default(1).meta(about('How many of them.', 1)),
      }),
    )
    .min(1)
    .max(24)
    .optional()
    .meta(about('Disks that hold the system and the instances. Mirrored disks count once.')),
  price: price.optional(),
  ipv6: ipv6.optional(),
  addressing: addressing.optional(),
})
