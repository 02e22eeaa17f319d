// Decides what a hand-out says to one person, whatever the language: a value of texts, nothing left to look up.
// Leaves the words to texts, and the files beside the page to handout-files.
import type { ClassSession, Language } from '../../course/class.ts'

export type Sheet = {
  /** Slug of the course, and its title. */
  course: string
  title: string
  role: 'student' | 'teacher'
  /** As people write it: any script, any sign. */
  name: string
  login: string
  group: string | null
  /** Those who share the project, with the reader; null where nobody does. */
  team: { name: string; members: readonly string[] } | null
  /** A secret reference (core/secret); null: it is not in this hand-out. */
  password: string | null
  project: string
  /** What OS_CLOUD is set to. */
  cloud: string
  authUrl: string
  dashboard: string | null
  /** Certificate authority that the reader's programs must be told of; null where they know it. */
  authority: { file: string; sha256: string | null } | null
  /**
   * `made`: the private half lies in the hand-out, at that path seen from the page. `brought`: it is the reader's own.
   * `apart`: bateau made it, and it comes another way than this hand-out.
   */
  key: { kind: 'made' | 'apart'; file: string } | { kind: 'brought' }
  /** Null: no jump host. `api`: dashboard and API are reached through it, too. */
  jump: { host: string; port: number; api: boolean } | null
  /** `ada.course.example`: `vm1` before it is an instance's name. Null: no names. */
  domain: string | null
  boot: {
    image: string
    flavor: string
    /** Null: there is just one, and Nova takes it. */
    network: string | null
    keypair: string
    /** Whom SSH logs in as; null where it depends on the image. */
    user: string | null
  }
  quota: { instances: number; cores: number; ramMiB: number }
  sessions: readonly ClassSession[]
  timezone: string
  contact: string | null
  languages: readonly Language[]
}

/** Names of the page, by language: what a student looks for in a directory. */
export const pageNames: Record<Language, string> = { fr: 'fiche.html', en: 'sheet.html' }
