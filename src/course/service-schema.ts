// Decides the keys of the course file's sections `clouds`, `jump`, `dns`, `handouts` and `mail`: what surrounds the class.
// Leaves what needs two keys at once to cross-class.
import { z } from 'zod'
import { about, count, host, slug, text } from './field.ts'
import { url } from './url.ts'

const cloud = z.strictObject({
  name: slug(about('Name of the cloud in the plan.', 'lyon'), 24),
  entry: text(80).optional().meta(about('Its name in clouds.yaml. Left out: the same.', 'lyon-admin')),
  file: text(400)
    .optional()
    .meta(
      about(
        'That clouds.yaml, beside the course file. Left out: where OpenStack looks: here, ~/.config/openstack, /etc/openstack.',
        'clouds.yaml',
      ),
    ),
  seats: count(0, 10_000)
    .optional()
    .meta(about('Students that it holds at once. Left out: read from its hypervisors.', 20)),
  external: text(80)
    .optional()
    .meta(about('Network that routers have their gateway on. Left out: the only external one.', 'public')),
  pool: text(80)
    .optional()
    .meta(
      about(
        'Subnet pool of IPv6 that networks get their /64 from. Left out: the default one for IPv6.',
        'shared-default-subnetpool-v6',
      ),
    ),
  direct: text(80)
    .optional()
    .meta(about('Network that instances may be on directly. Left out: none.', 'provider')),
  image: text(80)
    .optional()
    .meta(about('Image of the proof that is there already. Left out: bateau uploads its own.', 'debian-13')),
  flavor: text(80)
    .optional()
    .meta(about('Flavor of instances that is there already. Left out: bateau makes its own.', 'm1.small')),
})

export const clouds = z
  .array(cloud)
  .max(64)
  .default([])
  .meta(about('Clouds that exist already (engine `adopted`); the account is one with the role admin.'))

export const jump = z
  .strictObject({
    server: text(24).meta(
      about('Server that students go through: one with role `jump`, or one of the clouds.', 'jump1'),
    ),
    port: count(1, 65_535)
      .default(2222)
      .meta(
        about(
          "Port of the students' SSH: a daemon of its own, so that the administrators' never depends on it.",
          2222,
        ),
      ),
    ports: z
      .array(count(1, 65_535))
      .min(1)
      .max(16)
      .default([22])
      .meta(about('Ports of instances that may be reached through it.', [22])),
    api: z
      .boolean()
      .default(true)
      .meta(
        about(
          'API and dashboard of the clouds that bateau makes are reached through it as well: SOCKS, by `ssh -D`.',
          true,
        ),
      ),
    host: host(
      about(
        'Name or address that students type. Left out: the address of the server.',
        'jump.course.example',
      ),
    ).optional(),
  })
  .optional()
  .meta(about('Way in for campuses without IPv6. Left out: none.'))

export const dns = z
  .strictObject({
    zone: text(253).meta(
      about('Zone that the names are in; the provider already serves it.', 'course.example'),
    ),
    provider: z
      .enum(['rfc2136', 'ovh', 'scaleway'])
      .meta(
        about(
          'How records are changed: dynamic update (RFC 2136), or the API of OVH or Scaleway.',
          'rfc2136',
        ),
      ),
    server: host(about('Primary server of the zone (rfc2136).', 'ns1.example.org')).optional(),
    port: count(1, 65_535).default(53).meta(about('Its port (rfc2136).', 53)),
    credentials: text(400).meta(
      about(
        'File beside the course file: the TSIG key as `tsig-keygen` writes it (rfc2136), or `key: value` lines (application_key, application_secret, consumer_key for ovh; secret_key for scaleway).',
        'dns.key',
      ),
    ),
    api: url(
      about('Address of the API. Left out: the provider’s own in Europe.', 'https://eu.api.ovh.com/1.0'),
      'https',
      'http',
    ).optional(),
    ttl: count(30, 86_400).default(300).meta(about('Time to live of the records, in seconds.', 300)),
    reverse: text(253)
      .optional()
      .meta(
        about(
          'Reverse zone that the provider delegates to you (rfc2136). Left out: no PTR records.',
          '7.1.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
        ),
      ),
  })
  .optional()
  .meta(about('Names of clouds, instances and jump host. Left out: none.'))

export const handouts = z
  .strictObject({
    languages: z
      .array(z.enum(['fr', 'en']))
      .min(1)
      .max(2)
      .default(['fr', 'en'])
      .meta(about('Languages of the page, the first one first.', ['fr', 'en'])),
    contact: text(200)
      .optional()
      .meta(about('Whom students ask, as it stands on the page.', 'alice.durand@univ.example')),
    recipients: z
      .array(text(200))
      .max(16)
      .default([])
      .meta(
        about('age recipients (age1…) that the archive of all hand-outs is encrypted to.', [
          'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
        ]),
      ),
  })
  .prefault({})
  .meta(about('What each student is given.'))

export const mail = z
  .strictObject({
    server: host(about('SMTP server.', 'smtp.univ.example')),
    port: count(1, 65_535).default(587).meta(about('Its port.', 587)),
    tls: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .meta(
        about('`starttls` is required, not tried; `none` only for a server on this machine.', 'starttls'),
      ),
    user: text(200).optional().meta(about('Log-in name. Left out: none is used.', 'adurand')),
    password_file: text(400)
      .optional()
      .meta(about('File with the password, beside the course file.', 'smtp.password')),
    from: text(254).meta(about('Sender.', 'alice.durand@univ.example')),
    per_minute: count(1, 600).default(30).meta(about('Mails a minute at most.', 30)),
  })
  .optional()
  .meta(about('Where hand-outs are mailed by: `bateau class handouts --mail`. Left out: they are not.'))
