// Decides the keys of the course file's section `check`: from where the course is looked at.
// Leaves what is looked at to check/, and what needs two keys at once to cross.
import { z } from 'zod'
import { about, count, hostForUser, slug, text } from './field.ts'

const country = z.string().regex(/^[A-Z]{2}$/)

const vantage = z.strictObject({
  name: slug(about('What it is called in the answers.', 'maison'), 24),
  ssh: hostForUser(
    about(
      'Host with IPv6 outside the course, as ssh takes it: `user@host`; your ssh_config counts.',
      'alice@home.example.org',
    ),
  ),
  port: count(1, 65_535).default(22).meta(about('Port of SSH there.', 22)),
  country: country.optional().meta(about('Country where it is, by two letters (ISO 3166-1).', 'FR')),
})

const globalping = z
  .strictObject({
    enabled: z
      .boolean()
      .default(false)
      .meta(
        about(
          'Whether globalping.io is asked. Its answers can be read by whoever has their number: addresses of servers and instances become known.',
          false,
        ),
      ),
    locations: z
      .array(text(60))
      .min(1)
      .max(50)
      .default(['FR', 'DE', 'US'])
      .meta(
        about('A probe in each of these: countries by two letters, or what its `magic` field takes.', [
          'FR',
          'DE',
          'US',
        ]),
      ),
    token_file: text(400)
      .optional()
      .meta(
        about(
          'File beside the course file with a token: 500 tests an hour. Left out: 250, counted for your address.',
          'globalping.token',
        ),
      ),
  })
  .prefault({})
  .meta(
    about(
      'Probes of the Globalping project in many countries, within its free limits. Off unless `enabled`.',
    ),
  )

export const check = z
  .strictObject({
    vantages: z
      .array(vantage)
      .max(16)
      .default([])
      .meta(
        about(
          'Places outside from which servers and instances are looked at, besides this machine, the jump host and the other servers.',
        ),
      ),
    globalping,
  })
  .prefault({})
  .meta(about('From where `bateau check` looks.'))
