// Decides a student's keys: files where bateau makes the pair, and key pairs of Nova.
// Leaves the account to account-parts, and where the files are to handout.
import { once } from '../cloud/once.ts'
import { findUser } from './account-parts.ts'
import { keyFilesPart, privateKeyPath, proofKeyPath, publicKeyAt } from './handout.ts'
import type { ClassroomDeps, ClassroomInput, ClassroomStudent } from './input.ts'
import { sure } from './network-parts.ts'
import type { Part } from './parts.ts'
import type { People } from './survey.ts'

/** Key pairs have no description: the name says whose they are. */
const keypairName = 'bateau'
const proofKeypairName = 'bateau-proof'

/** The key pair that the proof's instances of a student are started with. */
export const keypairOfProof = ({ sshKey }: ClassroomStudent) =>
  sshKey === null ? keypairName : proofKeypairName

export function keyParts(
  input: ClassroomInput,
  deps: ClassroomDeps,
  student: ClassroomStudent,
  proofs: number,
): Part<People>[] {
  const { login, sshKey } = student
  const comment = `${login}@${input.course}`
  const pair = (name: string, publicKey: () => Promise<string | undefined>) =>
    keypairPart(input.course, deps, login, name, publicKey)
  const path = proofKeyPath(input, student)
  if (sshKey === null)
    return [
      keyFilesPart(deps, 'key', privateKeyPath(input, login), comment),
      pair(keypairName, () => publicKeyAt(privateKeyPath(input, login))),
    ]
  const brought = pair(keypairName, async () => sshKey)
  return proofs === 0
    ? [brought]
    : [
        brought,
        keyFilesPart(deps, 'key of the proof', path, comment),
        pair(proofKeypairName, () => publicKeyAt(path)),
      ]
}

function keypairPart(
  course: string,
  deps: ClassroomDeps,
  login: string,
  name: string,
  publicKey: () => Promise<string | undefined>,
): Part<People> {
  const user = (state: People) => findUser(course, login, state.users)
  return {
    name: `key pair ${name}`,
    async there(state) {
      const found = state.keypairs.get(user(state)?.id ?? '')?.find((one) => one.name === name)
      return found !== undefined && keyOf(found.public_key) === keyOf(await publicKey())
    },
    async make(cloud, now) {
      const { id } = sure(user(now), login)
      const line = sure(await publicKey(), `public key of ${login}`)
      const old = now.keypairs.get(id)?.some((one) => one.name === name)
      if (old === true) await cloud.compute.deleteKeypair(id, name)
      const made = await once(
        deps.clock,
        () => cloud.compute.createKeypair(id, name, line),
        async () => (await cloud.compute.keypairs(id)).find((one) => one.name === name),
      )
      return (state) => {
        const others = (state.keypairs.get(id) ?? []).filter((one) => one.name !== name)
        state.keypairs.set(id, [...others, made])
      }
    },
  }
}

/** Type and key of an OpenSSH public key line, without its comment. */
const keyOf = (line: string | undefined) => line?.trim().split(/\s+/).slice(0, 2).join(' ')
