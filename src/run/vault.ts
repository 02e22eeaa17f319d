// Decides how the secrets of a course are made, kept (age-encrypted, 0600) and found again.
// Leaves resolving them to host/ and cloud/; nothing here ever prints one.
import { randomInt } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Decrypter, Encrypter, generateIdentity, identityToRecipient } from 'age-encryption'
import { Trouble } from '../core/fault.ts'
import { Secret, type Vault } from '../core/secret.ts'

/** Letters and digits only: DevStack, SQL and URLs take them without quoting. 32 of 62 symbols: 190 bits. */
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const secretLength = 32

/** Secrets by name; one that is asked for first is made then. `save` must have run before a secret is used outside. */
export class SecretVault implements Vault {
  readonly #path: string
  readonly #identity: string
  readonly #secrets: Map<string, Secret>
  #dirty = false

  private constructor(path: string, identity: string, secrets: Map<string, Secret>) {
    this.#path = path
    this.#identity = identity
    this.#secrets = secrets
  }

  /** Opens the vault at `path` with the age identity at `identityPath`; makes both when there are none. Fault code: `vault-unreadable`. */
  static async open(path: string, identityPath: string): Promise<SecretVault> {
    const identity = await identityAt(identityPath)
    if (!existsSync(path)) return new SecretVault(path, identity, new Map())
    try {
      const decrypter = new Decrypter()
      decrypter.addIdentity(identity)
      const text = await decrypter.decrypt(readFileSync(path), 'text')
      const stored = Object.entries(JSON.parse(text) as Record<string, string>)
      return new SecretVault(
        path,
        identity,
        new Map(stored.map(([name, value]) => [name, new Secret(value)])),
      )
    } catch (error) {
      throw new Trouble({
        code: 'vault-unreadable',
        title: `the secrets in ${path} cannot be opened`,
        why: error instanceof Error ? error.message : String(error),
        fix: `put back the age identity that they were made with at ${identityPath}`,
      })
    }
  }

  get(name: string): Secret {
    const known = this.#secrets.get(name)
    if (known) return known
    const made = new Secret(
      Array.from({ length: secretLength }, () => alphabet[randomInt(alphabet.length)]).join(''),
    )
    this.#secrets.set(name, made)
    this.#dirty = true
    return made
  }

  has(name: string): boolean {
    return this.#secrets.has(name)
  }

  /** Keeps a secret that came from elsewhere (the course file's DUID). */
  put(name: string, secret: Secret): void {
    if (this.#secrets.get(name)?.reveal() === secret.reveal()) return
    this.#secrets.set(name, secret)
    this.#dirty = true
  }

  all(): Iterable<Secret> {
    return this.#secrets.values()
  }

  /** Writes the vault, encrypted, by rename; nothing when nothing changed. */
  async save(): Promise<void> {
    if (!this.#dirty) return
    const encrypter = new Encrypter()
    encrypter.addRecipient(await identityToRecipient(this.#identity))
    const plain = Object.fromEntries([...this.#secrets].map(([name, secret]) => [name, secret.reveal()]))
    writeWhole(this.#path, await encrypter.encrypt(JSON.stringify(plain)))
    this.#dirty = false
  }
}

async function identityAt(path: string): Promise<string> {
  if (existsSync(path)) {
    const line = readFileSync(path, 'utf8')
      .split('\n')
      .find((one) => one.startsWith('AGE-SECRET-KEY-'))
    if (line) return line.trim()
  }
  const identity = await generateIdentity()
  writeWhole(
    path,
    `# bateau: opens the secrets of its courses; keep it, and keep it to yourself\n${identity}\n`,
  )
  return identity
}

function writeWhole(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, content, { mode: 0o600 })
  renameSync(draft, path)
}
