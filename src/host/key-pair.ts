// Decides how an SSH key pair comes to be on this machine: whole or not at all.
// Leaves whose it is, and where it lies, to the caller.
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'

/** The public key line beside a private key; undefined as long as it is not made. */
export async function publicKeyAt(path: string): Promise<string | undefined> {
  return (await readFile(`${path}.pub`, 'utf8').catch(() => undefined))?.trim()
}

/**
 * An Ed25519 pair without passphrase, in the place of one that is there; its public key line. The public half is put in
 * place last: where it is, the private one is too. `whose` is said in the fault `no-key`, which is thrown.
 */
export async function makeKeyPair(
  machine: Shell,
  path: string,
  comment: string,
  whose = comment,
): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}`
  await Promise.all([draft, `${draft}.pub`].map((one) => rm(one, { force: true })))
  const argv = ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', draft] as const
  const ran = await machine.run(argv, { timeout: 30_000 })
  if (ran.code !== 0)
    throw new Trouble({
      code: 'no-key',
      title: `no key pair could be made for ${whose}`,
      why: ran.stderr.trim() || `ssh-keygen exited with ${ran.code}`,
      fix: `apt-get install openssh-client, and see that ${dirname(path)} can be written`,
    })
  await rename(draft, path)
  await rename(`${draft}.pub`, `${path}.pub`)
  return (await publicKeyAt(path)) ?? ''
}
