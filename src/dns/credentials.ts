// Decides how the file with a provider's keys is read, and when it is open to too many.
// Leaves a TSIG key's use to dig and nsupdate, which read its file themselves.
import { readFileSync, statSync } from 'node:fs'
import { Trouble } from '../core/fault.ts'
import { Secret } from '../core/secret.ts'

/** Words about who else may read the file; null when only its owner can. Throws Trouble `dns-credentials`. */
export function openToOthers(file: string): string | null {
  try {
    const mode = statSync(file).mode & 0o777
    if ((mode & 0o077) === 0) return null
    return `${file} may be read by others (mode ${mode.toString(8)}): chmod 600 ${file}`
  } catch (error) {
    throw unreadable(file, (error as Error).message)
  }
}

/** `key: value` lines with exactly these keys; blank lines and those that begin with # are left out. Throws Trouble. */
export function readKeys<Name extends string>(file: string, names: readonly Name[]): Record<Name, Secret> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw unreadable(file, (error as Error).message)
  }
  const values = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const read = /^\s*([a-z_]+)\s*[:=]\s*(.*?)\s*$/.exec(line)
    if (read && !line.trimStart().startsWith('#'))
      values.set(read[1] ?? '', (read[2] ?? '').replaceAll(/^["']|["']$/g, ''))
  }
  const missing = names.filter((name) => !values.get(name))
  if (missing.length > 0)
    throw new Trouble({
      code: 'dns-credentials',
      title: `${file} lacks ${missing.join(', ')}`,
      why: 'the provider is asked with these keys',
      fix: `write a line for each, for example ${missing[0]}: …`,
    })
  const entries = names.map((name) => [name, new Secret(values.get(name) ?? '')] as const)
  return Object.fromEntries(entries) as Record<Name, Secret>
}

/** RFC 8945 section 6, without MD5, as `tsig-keygen` writes it: a name, an algorithm, a secret in base64. */
const keyStatement =
  /^key\s+"?[a-z0-9_.-]+"?\s*\{\s*algorithm\s+"?hmac-sha(1|224|256|384|512)"?\s*;\s*secret\s+"?[a-z0-9+/]+={0,2}"?\s*;\s*\}\s*;\s*$/i

/**
 * dig and nsupdate only warn of a file that they cannot read, and go on without a signature, so it is read here first.
 * Throws Trouble `dns-credentials` or `dns-key-file`.
 */
export function checkTsigKey(file: string): void {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw unreadable(file, (error as Error).message)
  }
  const bare = text.replaceAll(/(#|\/\/).*$/gm, '').trim()
  if (keyStatement.test(bare)) return
  throw new Trouble({
    code: 'dns-key-file',
    title: `${file} is not a TSIG key`,
    why: 'it must hold one key statement with algorithm hmac-sha256 or the like, and nothing else',
    fix: 'make one: tsig-keygen -a hmac-sha256 NAME; give the same text to the server',
  })
}

const unreadable = (file: string, why: string) =>
  new Trouble({
    code: 'dns-credentials',
    title: `${file} cannot be read`,
    why,
    fix: 'dns.credentials names the file with the key, beside the course file; docs/dns.md says what is in it',
  })
