// Decides what the variables of a local.conf are worth once the shell has read it, in order.
// Leaves services to services, and what a value means to the rules.
import { isSecretName } from './mask.ts'
import { isShell } from './meta.ts'
import type { Assignment, LocalConf } from './statement.ts'
import type { Word } from './word.ts'

export type Setting = {
  name: string
  /** The value; null where only the shell knows it. */
  text: string | null
  /** It is a secret, or made from one: not for people to see. */
  isSecret: boolean
  assignment: Assignment
  /** Names that it refers to and that are empty when it is read. */
  empty: readonly string[]
}

export type Settings = {
  /** What holds at the end. */
  final: ReadonlyMap<string, Setting>
  /** One for each assignment, in order. */
  each: readonly Setting[]
}

/** Set before local.conf is read (stackrc and stack.sh up to there); the value where it is always the same. */
const before: Record<string, string | null> = {
  DEST: '/opt/stack',
  DATA_DIR: '/opt/stack/data',
  SERVICE_DIR: '/opt/stack/status',
  SUBUNIT_OUTPUT: '/opt/stack/devstack.subunit',
  STACK_USER: 'stack',
  REGION_NAME: 'RegionOne',
  KEYSTONE_REGION_NAME: 'RegionOne',
  TARGET_BRANCH: null,
  TRAILING_TARGET_BRANCH: 'master',
  BRANCHLESS_TARGET_BRANCH: 'master',
  ENABLED_SERVICES: null,
  ENABLE_HTTPD_MOD_WSGI_SERVICES: 'True',
  NOVA_ENABLED_APIS: null,
  TOP_DIR: null,
  RC_DIR: null,
  FILES: null,
}

/** Only from localrc's section: the others are not shell. */
export function readSettings(conf: LocalConf): Settings {
  const final = new Map<string, Setting>()
  const each: Setting[] = []
  for (const assignment of conf.assignments) {
    if (!isShell(assignment.meta)) continue
    const setting = settingOf(assignment, final)
    each.push(setting)
    final.set(setting.name, setting)
  }
  return { final, each }
}

function settingOf(assignment: Assignment, final: ReadonlyMap<string, Setting>): Setting {
  const { name, operator } = assignment
  const read = expand(assignment.word, final)
  const old = operator === '+=' ? valueOf(name, final) : { text: '', isSecret: false, isEmpty: false }
  const known = !assignment.isConditional && read.text !== null && old.text !== null
  return {
    name,
    text: known ? `${old.text}${read.text}` : null,
    isSecret: isSecretName(name) || read.isSecret || old.isSecret,
    assignment,
    empty: read.empty,
  }
}

type Expanded = { text: string | null; isSecret: boolean; empty: string[] }

/** A word with the values that its references have at this point. */
function expand(word: Word, final: ReadonlyMap<string, Setting>): Expanded {
  const out: Expanded = { text: '', isSecret: false, empty: [] }
  for (const part of word.parts) {
    if (part.kind === 'text') {
      if (out.text !== null) out.text += part.text
      continue
    }
    if (part.kind === 'computed') {
      out.text = null
      continue
    }
    const value = valueOf(part.name, final)
    out.isSecret ||= value.isSecret
    const isBare = value.isEmpty || value.text === ''
    if (isBare && part.fallback === null) out.empty.push(part.name)
    const text = isBare ? (part.fallback ?? '') : value.text
    out.text = out.text === null || text === null ? null : out.text + text
  }
  return out
}

/** Names in lower case, HOME and the like are the environment's: unknown, but hardly empty. */
function valueOf(
  name: string,
  final: ReadonlyMap<string, Setting>,
): { text: string | null; isSecret: boolean; isEmpty: boolean } {
  const setting = final.get(name)
  if (setting) return { text: setting.text, isSecret: setting.isSecret, isEmpty: false }
  if (name in before) return { text: before[name] ?? null, isSecret: false, isEmpty: false }
  const isEnvironment =
    /^(?:HOME|USER|LOGNAME|PWD|PATH|HOSTNAME|SHELL|UID|EUID|RANDOM|LANG|OS_.*|[a-z].*)$/.test(name)
  return { text: isEnvironment ? null : '', isSecret: false, isEmpty: !isEnvironment }
}
