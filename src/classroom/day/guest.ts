// Decides what an instance that bateau starts is told: whose keys open it, and whom SSH logs in as.
// Leaves starting it to starter, and where keys are kept to deploy/.
import type { Server } from '../../cloud/compute.ts'

/** Metadata of an instance: whom SSH logs in as, and its first image, so that nothing but the cloud must remember them. */
const userKey = 'bateau_user'
const imageKey = 'bateau_image'

export const guestMetadata = (user: string, imageId: string): Record<string, string> => ({
  [userKey]: user,
  [imageKey]: imageId,
})
/** Image that a starter instance was first started from: a snapshot may have been put back since. */
export const firstImage = ({ metadata }: Pick<Server, 'metadata'>): string | undefined => metadata[imageKey]
/** Students can write it: what is no user's name is not given to ssh. */
export function guestUser({ metadata }: Pick<Server, 'metadata'>): string {
  const user = metadata[userKey] ?? ''
  return /^[a-z_][a-z0-9_-]{0,31}$/.test(user) ? user : 'root'
}

/**
 * User data for cloud-init (`ssh_authorized_keys` of its module cc_ssh: for the image's own user), which the tiny guest reads
 * as well. Keys come this way and not as a key pair of Nova's: there is one only, and an instance has several owners.
 */
export function userData(publicKeys: readonly string[]): string {
  const lines = [...new Set(publicKeys)].map((key) => `  - ${JSON.stringify(key)}\n`)
  return `#cloud-config\nssh_authorized_keys:\n${lines.join('')}`
}
