// Decides every key of the course file: what it takes, its default, its meaning. The single source of validation,
// of the JSON Schema for editors and of the reference page. Leaves what needs two keys at once to cross.
import { z } from 'zod'
import {
  about,
  address,
  count,
  day,
  hostForUser,
  instanceDisk,
  memory,
  money,
  slug,
  text,
  userName,
} from './field.ts'
import { check } from './check-schema.ts'
import { classSection, sessions } from './class-schema.ts'
import { clouds, dns, handouts, jump, mail } from './service-schema.ts'
import { engine, rehearsal } from './engine-schema.ts'
import { server } from './server-schema.ts'

const course = z
  .strictObject({
    name: slug(
      about('Short name: in tags, project names and the names of files that bateau writes.', 'clermont-2024'),
      24,
    ),
    title: text(120).meta(about('What people call it.', 'IPv6 networks and clouds')),
    start: day(about('First day on which servers are paid for.', '2024-10-01')),
    end: day(about('Day on which everything is taken down. The last class is before it.', '2025-01-01')),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .default('EUR')
      .meta(about('Currency of every amount in the file: three letters (ISO 4217).', 'EUR')),
    timezone: text(60)
      .default('Europe/Paris')
      .meta(about('Time zone of the sessions, by its name in the tz database.', 'Europe/Paris')),
  })
  .meta(about('What is taught, and when.'))

const groups = z
  .strictObject({
    size: count(1, 1000)
      .optional()
      .meta(
        about('At most this many students in a group; groups are filled in the order of the roster.', 17),
      ),
    count: count(1, 200)
      .optional()
      .meta(about('This many groups of nearly equal size, in the order of the roster.', 3)),
    named: z
      .array(
        z.strictObject({
          name: slug(about('Name of the group; as in the roster where the roster has groups.', 'tp-a'), 20),
          size: count(1, 1000)
            .optional()
            .meta(about('Students in it, when the roster does not say who is in which group.', 17)),
          server: text(24)
            .optional()
            .meta(about('Server that it must be placed on; otherwise the plan chooses.', 'os1')),
        }),
      )
      .min(1)
      .max(200)
      .optional()
      .meta(about('Groups by name, in the order in which they get their prefixes.')),
  })
  .meta(about('How students are split. Left out: as the roster says, or everybody in one group.'))

const students = z
  .strictObject({
    count: count(1, 5000)
      .optional()
      .meta(about('How many, when there is no roster yet: student-01, student-02 …', 44)),
    roster: text(400)
      .optional()
      .meta(
        about(
          'CSV file with one student a line, beside the course file. Any encoding; `,` `;` or tab; headers in English or French.',
          'roster.csv',
        ),
      ),
    columns: z
      .partialRecord(
        z.enum(['id', 'name', 'first', 'last', 'email', 'login', 'group', 'team', 'key']),
        text(120),
      )
      .default({})
      .meta(
        about(
          'Headers of the roster that bateau does not know by themselves: column, then the header as it stands there.',
          { email: 'Mél. étudiant' },
        ),
      ),
    register: text(400)
      .optional()
      .meta(
        about(
          'File beside the course file in which bateau keeps who got which login, group and cloud, so that nobody else ever gets them. Left out: in its own directory.',
          'register.csv',
        ),
      ),
    groups: groups.optional(),
    at_once: z
      .enum(['group', 'all'])
      .default('all')
      .meta(
        about(
          'Whose instances exist at the same time: those of one `group`, or of `all`. Memory and disk are planned for it.',
          'group',
        ),
      ),
  })
  .meta(about('Who takes part. Either `count` or `roster`.'))

const instances = z
  .strictObject({
    per_student: count(1, 50).meta(about('Instances that each student may have at once.', 2)),
    vcpus: count(1, 64).default(1).meta(about('Virtual processors of an instance.', 1)),
    ram: memory(
      about('Memory of an instance. GB and GiB are the same here: memory is sold in powers of two.', '1 GiB'),
    ),
    disk: instanceDisk(
      about('Disk of an instance, in whole GiB (OpenStack writes GB and means GiB).', '5 GiB'),
    ),
    boot_from: z
      .enum(['image', 'volume'])
      .default('image')
      .meta(about('`image`: the disk is a file beside the hypervisor. `volume`: a Cinder volume.', 'image')),
    overcommit: z
      .strictObject({
        ram: z
          .number()
          .min(1)
          .max(8)
          .default(1)
          .meta(about('Memory promised to instances, as a multiple of what is left for them.', 1.5)),
        vcpus: z
          .number()
          .min(1)
          .max(32)
          .default(4)
          .meta(
            about(
              'Virtual processors taken for granted, as a multiple of the cores; the plan warns past it.',
              4,
            ),
          ),
      })
      .prefault({})
      .meta(about('How much more may be promised than is there.')),
  })
  .meta(about('What each student gets.'))

const port = z.strictObject({
  port: count(1, 65_535).meta(about('TCP port.', 9100)),
  why: text(120).meta(
    about('Why it is open; shown in the plan and in the port scan.', "the university's monitoring"),
  ),
})

const line = z.strictObject({
  what: text(120).meta(about('What was paid for.', 'Domain name')),
  amount: money(about('Amount.', 0.99)),
  date: day(about('Day of the bill.', '2024-09-20')).optional(),
})

/** The course file. `z.input` is what the YAML holds, `z.output` is read values still under the file's own keys. */
export const courseFile = z
  .strictObject({
    course,
    students,
    instances,
    servers: z
      .array(server)
      .max(64)
      .default([])
      .meta(about('Servers, rented or to be rented. Those with role `cloud` each become one cloud.')),
    clouds,
    engine,
    class: classSection,
    sessions,
    networks: z
      .strictObject({
        direct: z
          .boolean()
          .default(true)
          .meta(
            about('Network `direct`: instances on the public /64 of the server, addresses by SLAAC.', true),
          ),
        class: z
          .boolean()
          .default(true)
          .meta(about('A network for each group, behind a router, with a /64 of its own.', true)),
        resolvers: z
          .array(address(about('IPv6 address of a DNS resolver.', '2620:fe::fe')))
          .min(1)
          .max(4)
          .optional()
          .meta(
            about('DNS resolvers that instances are told. Left out: 2620:fe::fe and 2001:4860:4860::8888.', [
              '2620:fe::fe',
            ]),
          ),
      })
      .prefault({})
      .meta(about('Networks that instances can be on.')),
    access: z
      .strictObject({
        user: userName(
          about('User for SSH to the servers: root, or one with sudo without a password.', 'root'),
        ).default('root'),
        port: count(1, 65_535).default(22).meta(about('Port of SSH on the servers.', 22)),
        key: text(400)
          .optional()
          .meta(about('Private key for it. Left out: what your own SSH finds.', '~/.ssh/id_ed25519')),
        jump: hostForUser(
          about('Host to go through (`user@host`), or the name of the server with role `jump`.', 'jump1'),
        ).optional(),
        open: z
          .array(port)
          .max(32)
          .default([])
          .meta(about('TCP ports open to the internet besides SSH and 443.')),
      })
      .prefault({})
      .meta(about('How you reach the servers, and who else may.')),
    jump,
    dns,
    handouts,
    mail,
    check,
    budget: money(about('The plan says when the total exceeds it.', 220)).optional(),
    ledger: z
      .array(line)
      .max(500)
      .default([])
      .meta(about('Costs already spent, and those that are not servers.')),
    accept: z
      .array(text(60))
      .max(40)
      .default([])
      .meta(
        about('Codes of error findings that you know and take; they become warnings.', ['rotational-disk']),
      ),
    rehearsal,
  })
  .meta({
    title: 'bateau course file',
    description: 'One course: its students, its servers, its cloud, its money.',
  })

export type CourseFile = z.output<typeof courseFile>

/** JSON Schema (draft 2020-12) of the course file, for editors: what `bateau schema` prints. */
export function courseJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(courseFile, {
    io: 'input',
    // zod drops examples of whatever is read into another value; ours are of the input.
    override: ({ zodSchema, jsonSchema }) => {
      const examples = z.globalRegistry.get(zodSchema)?.['examples']
      if (Array.isArray(examples) && examples.length > 0) jsonSchema.examples = examples
    },
  }) as Record<string, unknown>
}
