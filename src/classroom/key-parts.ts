// Decides a student's keys: files where bateau makes the pair, and key pairs of Nova.
// Leaves the account to account-parts, and where the files are to handout.
import { once } from '../cloud/once.ts'
import { accountNames, findUser } from './account-parts.ts'
import { publicKeyAt } from '../host/key-pair.ts'
import { keyFilesPart, privateKeyPath, proofKeyPath } from './handout.ts'
import { type ClassroomDeps, type ClassroomInput, type ClassroomStudent, keypairName } from './input.ts'
import { sure } from './network-parts.ts'
import type { Part } from './parts.ts'
import type { Seal } from './seal.ts'
import type { People } from './survey.ts'

const proofKeypairName = 'bateau-proof'

/** The key pair that the proof's instances of a student are started with. */
export const keypairOfProof = ({ sshKey }: ClassroomStudent) =>
  sshKey === null ? keypairName : proofKeypairName

/** The public keys that a student or teacher has in Nova, as far as they are made: name and key. */
export async function keysOf(
  input: ClassroomInput,
  student: ClassroomStudent,
  proofs: number,
): Promise<readonly (readonly [string, string | undefined])[]> {
  const { login, sshKey } = student
  const own = sshKey ?? (await publicKeyAt(privateKeyPath(input, login)))
  const proof = sshKey === null || proofs === 0 ? [] : [await publicKeyAt(proofKeyPath(input, student))]
  return [[keypairName, keyOf(own)], ...proof.map((key) => [proofKeypairName, keyOf(key)] as const)]
}

export function keyParts(
  input: ClassroomInput,
  deps: ClassroomDeps,
  seal: Seal,
  student: ClassroomStudent,
  proofs: number,
): Part<People>[] {
  const { login, sshKey } = student
  const comment = `${login}@${input.course}`
  // The proof starts instances with them: it must not find that somebody deleted them.
  const vouched: Seal = proofs === 0 ? seal : { ...seal, holds: async () => false }
  const pair = (name: string, files: string[], publicKey: () => Promise<string | undefined>) =>
    keypairPart(input.course, deps, vouched, login, name, files, publicKey)
  const path = proofKeyPath(input, student)
  const files = `key of ${login}`
  const proofFiles = `key of the proof of ${login}`
  if (sshKey === null)
    return [
      keyFilesPart(deps, files, privateKeyPath(input, login), comment),
      pair(keypairName, [files], () => publicKeyAt(privateKeyPath(input, login))),
    ]
  const brought = pair(keypairName, [], async () => sshKey)
  return proofs === 0
    ? [brought]
    : [
        brought,
        keyFilesPart(deps, proofFiles, path, comment),
        pair(proofKeypairName, [proofFiles], () => publicKeyAt(path)),
      ]
}

function keypairPart(
  course: string,
  deps: ClassroomDeps,
  seal: Seal,
  login: string,
  name: string,
  files: readonly string[],
  publicKey: () => Promise<string | undefined>,
): Part<People> {
  const user = (state: People) => findUser(course, login, state.users)
  return {
    name: `key pair ${name} of ${login}`,
    needs: [accountNames.user(login), ...files],
    async there(state) {
      if (await seal.holds(state)) return true
      const seen = await state.keypairs.get(user(state)?.id)
      const found = seen?.find((one) => one.name === name)
      return found !== undefined && keyOf(found.public_key) === keyOf(await publicKey())
    },
    async make(cloud, now) {
      const { id } = sure(user(now), login)
      const line = sure(await publicKey(), `public key of ${login}`)
      const seen = (await now.keypairs.get(id)) ?? []
      if (seen.some((one) => one.name === name)) await cloud.compute.deleteKeypair(id, name)
      const made = await once(
        deps.clock,
        () => cloud.compute.createKeypair(id, name, line),
        async () => (await cloud.compute.keypairs(id)).find((one) => one.name === name),
      )
      return async (state) => {
        const others = ((await state.keypairs.get(id)) ?? []).filter((one) => one.name !== name)
        state.keypairs.set(id, [...others, made])
      }
    },
  }
}

/** Type and key of an OpenSSH public key line, without its comment. */
const keyOf = (line: string | undefined) => line?.trim().split(/\s+/).slice(0, 2).join(' ')
