// Decides what a class is once the course file has been read: what a project has, when it is taught, who surrounds it.
// Leaves students and groups to course, and making it so to classroom/.
import type { Prefix } from '../core/prefix.ts'

/** A day as `YYYY-MM-DD`; such texts compare as days do. */
export type Day = string

/** Something that reaches students' instances from outside. Ports are inclusive. */
export type Allowed = {
  protocol: 'tcp' | 'udp'
  port: number
  to: number
  /** Null: ::/0. */
  from: Prefix | null
  why: string
}

/** Numbers of a project; null: as much as its instances and networks need. Memory in MiB, disk in GiB. */
export type QuotaWish = {
  instances: number | null
  cores: number | null
  ramMiB: number | null
  volumes: number | null
  diskGiB: number | null
  networks: number | null
  routers: number | null
  ports: number | null
  securityGroups: number | null
  rules: number | null
}

export type CourseFlavor = { name: string; vcpus: number; ramMiB: number; diskGiB: number }
export type CourseImage = {
  name: string
  /** As in the course file: beside it where it is relative. */
  file: string
  user: string | null
  minRamMiB: number
  minDiskGiB: number
}

export type Teacher = { login: string; name: string; email: string | null; sshKey: string | null }

export type Starter = {
  /** Null: the tiny one of the proof. */
  image: string | null
  /** Null: the one of `instances`. */
  flavor: string | null
  count: number
  network: 'class' | 'own' | 'direct' | null
  /** Null: as the disks bear. */
  atOnce: number | null
}

/** What a student or team has in the cloud, and may do. */
export type ClassPolicy = {
  work: 'student' | 'team'
  ownNetwork: boolean
  router: 'group' | 'own'
  allow: readonly Allowed[]
  quota: QuotaWish
  flavors: readonly CourseFlavor[]
  images: readonly CourseImage[]
  applicationCredentials: boolean
  teachers: readonly Teacher[]
  /** Days. */
  keep: number
  starter: Starter
}

/** A session, or a weekly series of them. Times are `HH:MM` by the clock of the course's time zone. */
export type ClassSession = {
  day: Day
  from: string
  to: string
  weeklyUntil: Day | null
  /** Null: all. */
  groups: readonly string[] | null
  title: string | null
  boot: boolean
  closeAfter: boolean
}

/** A cloud that exists already, by its entry of a clouds.yaml. */
export type AdoptedCloud = {
  name: string
  entry: string
  /** Null: where OpenStack's own programs look. */
  file: string | null
  seats: number | null
  external: string | null
  pool: string | null
  direct: string | null
  image: string | null
  flavor: string | null
}

export type Jump = {
  server: string
  port: number
  /** Of instances. */
  ports: readonly number[]
  /** The clouds' API and dashboard are reached as well. */
  api: boolean
  /** What students type; null: the server's address. */
  host: string | null
}

export type Dns = {
  zone: string
  provider: 'rfc2136' | 'ovh' | 'scaleway'
  server: string | null
  port: number
  credentials: string
  api: string | null
  /** Seconds. */
  ttl: number
  reverse: string | null
}

export type Language = 'fr' | 'en'
export type Handouts = {
  languages: readonly Language[]
  contact: string | null
  /** age recipients. */
  recipients: readonly string[]
}

export type Mail = {
  server: string
  port: number
  tls: 'starttls' | 'tls' | 'none'
  user: string | null
  passwordFile: string | null
  from: string
  perMinute: number
}
