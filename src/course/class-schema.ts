// Decides the keys of the course file's sections `class` and `sessions`: what each student has in the cloud, and when it is taught.
// Leaves who the students are to schema and roster, and what needs two keys at once to cross-class.
import { z } from 'zod'
import {
  about,
  clockTime,
  count,
  day,
  instanceDisk,
  memory,
  parsed,
  prefix,
  slug,
  text,
  type About,
} from './field.ts'
import { readSshKey } from './ssh-key.ts'

const sshKey = (meaning: About) => parsed(meaning, readSshKey)

const allowed = z.strictObject({
  protocol: z.enum(['tcp', 'udp']).default('tcp').meta(about('Transport protocol.', 'tcp')),
  port: count(1, 65_535).meta(about('Port, or the first of a range.', 80)),
  to: count(1, 65_535).optional().meta(about('Last port of the range. Left out: just the one.', 8099)),
  from: prefix(about('From where. Left out: ::/0, which is everybody.', '2001:db8::/32')).optional(),
  why: text(120).meta(about('Why it is open; shown in the plan.', 'web servers of the third session')),
})

const quota = z
  .strictObject({
    instances: count(0, 10_000).optional().meta(about('Instances.', 2)),
    cores: count(0, 100_000).optional().meta(about('Virtual processors.', 2)),
    ram: memory(about('Memory of all instances together.', '2 GiB')).optional(),
    volumes: count(0, 10_000).optional().meta(about('Volumes, where the cloud has block storage.', 2)),
    disk: instanceDisk(about('Volumes and snapshots together.', '10 GiB')).optional(),
    networks: count(0, 1000).optional().meta(about('Networks, and as many subnets.', 1)),
    routers: count(0, 1000).optional().meta(about('Routers.', 1)),
    ports: count(0, 10_000).optional().meta(about('Ports.', 12)),
    security_groups: count(0, 1000).optional().meta(about('Security groups.', 4)),
    rules: count(0, 10_000).optional().meta(about('Rules in all security groups.', 40)),
  })
  .prefault({})
  .meta(
    about(
      'Quotas of a project. Left out: what `instances` and the networks of a student need, and nothing to spare.',
    ),
  )

const flavor = z.strictObject({
  name: slug(about('Name of the flavor.', 'course-large'), 40),
  vcpus: count(1, 64).default(1).meta(about('Virtual processors.', 2)),
  ram: memory(about('Memory.', '2 GiB')),
  disk: instanceDisk(about('Disk, in whole GiB.', '10 GiB')),
})

const image = z.strictObject({
  name: text(60).meta(about('Name of the image in the cloud.', 'debian-13')),
  file: text(400).meta(
    about(
      'File beside the course file: qcow2, or raw where its name ends in .raw or .img.',
      'debian-13.qcow2',
    ),
  ),
  user: slug(about('Whom SSH logs in as.', 'debian'), 32).optional(),
  min_ram: memory(about('Memory that it needs at least.', '512 MiB')).optional(),
  min_disk: instanceDisk(about('Disk that it needs at least.', '3 GiB')).optional(),
})

const teacher = z.strictObject({
  login: slug(about('Log-in name.', 'a-durand'), 32),
  name: text(120).meta(about('Name.', 'Alice Durand')),
  email: text(254).optional().meta(about('Where the hand-out is sent.', 'alice.durand@univ.example')),
  key: sshKey(
    about('Public SSH key. Left out: a pair is made.', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP…'),
  ).optional(),
})

const starter = z
  .strictObject({
    image: text(60)
      .optional()
      .meta(
        about(
          'Image that starter instances boot from. Left out: the tiny one that bateau makes.',
          'debian-13',
        ),
      ),
    flavor: text(60)
      .optional()
      .meta(about('Their flavor. Left out: the one of `instances`.', 'course-large')),
    count: count(0, 50)
      .default(0)
      .meta(about('Starter instances of each student (vm1, vm2 …) that a session begins with. 0: none.', 1)),
    network: z
      .enum(['class', 'own', 'direct'])
      .optional()
      .meta(about('Network that they are on. Left out: the first there is of own, class, direct.', 'class')),
    at_once: count(1, 50)
      .optional()
      .meta(
        about(
          'Starts under way at once on a cloud. Left out: what its disks bear (2 on hard disks, 4 otherwise).',
          4,
        ),
      ),
  })
  .prefault({})
  .meta(about('Instances that bateau starts for each student.'))

export const classSection = z
  .strictObject({
    work: z
      .enum(['student', 'team'])
      .default('student')
      .meta(
        about(
          'Who has a project of the cloud: each `student`, or each `team` (column of the roster) together.',
          'student',
        ),
      ),
    own_network: z
      .boolean()
      .default(false)
      .meta(
        about(
          'A network of its own for each project, with a /64 of the pool, behind a router. It takes some seconds a student.',
          true,
        ),
      ),
    router: z
      .enum(['group', 'own'])
      .default('group')
      .meta(
        about(
          'Router of own networks: one a `group`, which is fast, or an `own` one in each project, which students may study.',
          'group',
        ),
      ),
    allow: z
      .array(allowed)
      .max(32)
      .default([])
      .meta(about("What reaches students' instances from outside, besides ICMPv6 and SSH.")),
    quota,
    flavors: z
      .array(flavor)
      .max(16)
      .default([])
      .meta(about('Flavors of the course besides the one of `instances`.')),
    images: z
      .array(image)
      .max(16)
      .default([])
      .meta(about('Images of the course besides the tiny one of the proof.')),
    application_credentials: z
      .boolean()
      .default(false)
      .meta(
        about(
          'An application credential for each student: programs log in by it, and the password stays out of them.',
          true,
        ),
      ),
    teachers: z
      .array(teacher)
      .max(50)
      .default([])
      .meta(about('Teachers and assistants: members of every project of the class.')),
    keep: count(0, 365)
      .default(14)
      .meta(
        about(
          'Days that what a student who left the roster had is kept, closed, before it may be deleted.',
          14,
        ),
      ),
    starter,
  })
  .prefault({})
  .meta(about('What each student has in the cloud, and may do.'))

const session = z.strictObject({
  day: day(about('Day of the session, or of the first of a series.', '2027-02-08')),
  from: clockTime(about('When it begins, by the clock of `course.timezone`.', '08:00')),
  to: clockTime(about('When it ends.', '12:00')),
  weekly_until: day(about('Every week until this day. Left out: once.', '2027-04-12')).optional(),
  groups: z
    .array(text(20))
    .min(1)
    .max(200)
    .optional()
    .meta(about('Groups that take part. Left out: all.', ['tp-a'])),
  title: text(120).optional().meta(about('What it is about.', 'Routers and routes')),
  boot: z.boolean().default(false).meta(about('Starter instances are started for it beforehand.', true)),
  close_after: z
    .boolean()
    .default(false)
    .meta(about('Afterwards the instances of these groups are stopped.', true)),
})

export const sessions = z
  .array(session)
  .max(200)
  .default([])
  .meta(about('When it is taught: `bateau class schedule` opens, boots and closes by it.'))
