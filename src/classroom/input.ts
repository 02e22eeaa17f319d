// Decides what the classroom needs to know of a course and a server to fill its cloud.
// Leaves where it comes from (plan, course, image) to deploy/.
import type { Address } from '../core/prefix.ts'
import type { Secret, Vault } from '../core/secret.ts'
import type { Shell } from '../core/shell.ts'
import type { Addressing, TenantNetwork } from '../core/site.ts'
import type { ClassPolicy } from '../course/class.ts'
import type { Clock } from '../cloud/clock.ts'
import type { Cloud } from '../cloud/open.ts'
import type { Foreign } from './foreign.ts'
import type { HandoutCourse } from './handout-course.ts'

export type ClassroomStudent = {
  /** Keystone user, and directory of the hand-outs: `[a-z][a-z0-9-]*`. */
  login: string
  /** As a person writes it. */
  name: string
  email: string | null
  /** Slug; null where the roster names none. */
  team: string | null
  /** A public key of the student's own; null: one is made, and its private half handed out. */
  sshKey: string | null
}
export type ClassroomGroup = { name: string; students: readonly ClassroomStudent[] }

export type Size = { vcpus: number; ramMiB: number; diskGiB: number }

/**
 * Addresses as far as they are known before anything is made: all of a cloud that bateau makes, none of one that was
 * there already, whose subnet pool gives them.
 */
export type ClassAddressing = Partial<Pick<Addressing, 'block' | 'service' | 'own'>> & {
  public: Addressing['public'] | null
  transit: Addressing['transit']
  pool: Addressing['pool']
  tenants: readonly ClassTenant[]
  /** Null: as the cloud has it. */
  tenantMtu: number | null
}
export type ClassTenant = {
  [K in keyof TenantNetwork]: TenantNetwork[K] | (K extends 'prefix' | 'via' ? null : never)
}

export type ClassroomInput = {
  /** The course's slug: the mark on everything that is made. */
  course: string
  /** Name of the server whose cloud it is: `os1`. */
  site: string
  region: string
  addressing: ClassAddressing
  /** What is used of a cloud that was there already; left out: bateau made the cloud. */
  foreign?: Foreign
  resolvers: readonly Address[]
  /** The groups placed on this server. */
  groups: readonly ClassroomGroup[]
  /** What a seat (seats.ts) has and may do, by the course file's section `class`. */
  policy: ClassPolicy
  /** Instances on br-ex itself, network `direct`. */
  direct: boolean
  /** One instance of a student. */
  size: Size
  instancesPerStudent: number
  image: {
    name: string
    /** File on this machine. */
    path: string
    /** Changes when the image does. */
    digest: string
    diskFormat: string
    minDiskGiB: number
    minRamMiB: number
    properties: Readonly<Record<string, string>>
  }
  /** Of the course, besides the one of the proof; left out: none. */
  images?: readonly ClassroomInput['image'][]
  handouts: {
    /** On this machine; one directory a student is made in it, 0700. */
    dir: string
    /** Public address of Keystone, with its version: `https://[2001:db8::1]/identity/v3`. */
    authUrl: string
    /** The course's certificate authority in PEM, given to each student; null where a public one signed. */
    ca: string | null
    /** Address of Horizon; null where it is not known. */
    dashboard: string | null
    /** File on this machine with the key of the jump host, as known_hosts has it, once there is one; null: the course has none. */
    jumpKeys: string | null
    /** What every page says. */
    about: HandoutCourse
  }
}

export type ClassroomDeps = {
  /** The cloud as its administrator. Opened at the first look, not before: the plan is made while there is none. */
  cloud: () => Promise<Cloud>
  /**
   * The cloud as its administrator, for clearing up: a log-in of its own, which outlasts an interruption until `signal`
   * aborts. Absent: `cloud` serves.
   */
  cloudUntil?: (signal: AbortSignal) => Promise<Cloud>
  /** The cloud as a student. */
  cloudAs: (account: { user: string; project: string; password: Secret }) => Promise<Cloud>
  /** Saved before any task runs; `classroomSecrets` says what must be in it. */
  vault: Vault
  /** This machine: ssh-keygen runs in it. */
  shell: Shell
  clock: Clock
}

export const passwordName = (login: string) => `student/${login}`
/** Of a seat: a student's or teacher's login, or a team's slug. */
export const projectName = (course: string, seat: string) => `${course}-${seat}`
/** A person's key pair in Nova. It has no description: the name says whose it is. */
export const keypairName = 'bateau'
export const classNetwork = (group: string) => `class-${group}`
export const routerName = (group: string) => `router-${group}`

/** Of the secret of a person's application credential, and of the credential in Keystone. */
export const credentialSecretName = (login: string) => `student/${login}/application-credential`
export const credentialName = 'bateau'

/** Names of the secrets that the classroom asks of the vault: a password for each student and teacher. */
export function classroomSecrets(
  groups: readonly ClassroomGroup[],
  {
    teachers,
    applicationCredentials,
  }: Partial<Pick<ClassPolicy, 'teachers' | 'applicationCredentials'>> = {},
): string[] {
  return [...groups.flatMap(({ students }) => students), ...(teachers ?? [])].flatMap(({ login }) => [
    passwordName(login),
    ...(applicationCredentials === true ? [credentialSecretName(login)] : []),
  ])
}

/** Flavors. A disk of 0 would let nobody but an administrator boot from an image (Nova answers 403). */
export const flavorNames = { course: 'course.small', proof: 'proof.tiny' } as const
export const proofSize: Size = { vcpus: 1, ramMiB: 256, diskGiB: 1 }
