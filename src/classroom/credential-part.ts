// Decides a person's application credential: made as that person, with a secret that the vault knows beforehand.
// Leaves handing it out to handout.
import { createHash } from 'node:crypto'
import { once } from '../cloud/once.ts'
import { accountNames, findProject, findUser } from './account-parts.ts'
import {
  type ClassroomDeps,
  credentialName,
  credentialSecretName,
  passwordName,
  projectName,
} from './input.ts'
import { describe } from './mark.ts'
import { sure } from './network-parts.ts'
import type { Part } from './parts.ts'
import type { Seal } from './seal.ts'
import type { Seat } from './seats.ts'
import type { People } from './survey.ts'

/** Keystone lets the maker choose the secret, so a run that is cut between making and noting loses nothing. */
export function credentialPart(
  course: string,
  deps: Pick<ClassroomDeps, 'clock' | 'vault' | 'cloudAs'>,
  seal: Seal,
  seat: Seat,
  login: string,
): Part<People> {
  const secret = () => deps.vault.get(credentialSecretName(login))
  const description = () => describe(course, `secret ${fingerprint(secret().reveal())}`)
  return {
    name: `application credential of ${login}`,
    needs: [accountNames.role(login), accountNames.password(login)],
    async there(state) {
      if (await seal.holds(state)) return true
      const all = await state.credentials.get(findUser(course, login, state.users)?.id)
      const projectId = findProject(course, seat.name, state.projects)?.id
      const found = all?.find(({ name }) => name === credentialName)
      return found?.project_id === projectId && found?.description === description()
    },
    async make(cloud, now) {
      const { id } = sure(findUser(course, login, now.users), login)
      const old = (await now.credentials.get(id))?.find(({ name }) => name === credentialName)
      if (old) await cloud.identity.deleteApplicationCredential(id, old.id)
      const project = projectName(course, seat.name)
      const student = await deps.cloudAs({
        user: login,
        project,
        password: deps.vault.get(passwordName(login)),
      })
      const wanted = { name: credentialName, description: description(), secret: secret() }
      const made = await once(
        deps.clock,
        () => student.identity.createApplicationCredential(id, wanted),
        async () =>
          (await cloud.identity.applicationCredentials(id)).find(
            (one) => one.name === credentialName && one.description === wanted.description,
          ),
      )
      return (state) => state.credentials.set(id, [made])
    },
  }
}

/** Says in the credential's description which secret it has; 32 bits tell nothing about it. */
export const fingerprint = (secret: string) => createHash('sha256').update(secret).digest('hex').slice(0, 8)
