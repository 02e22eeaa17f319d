// Decides that every secret of a course is made and stored before anything outside is given one.
// Leaves making to run/vault and use to host/ and cloud/.
import { references, Secret } from '../core/secret.ts'
import type { HostStep } from '../core/step.ts'
import type { Course } from '../course/course.ts'
import type { SecretVault } from '../run/vault.ts'

/** Puts the course file's own secrets (DUIDs) in the vault, makes those that the steps and students need, and saves. */
export async function prepareSecrets(
  vault: SecretVault,
  course: Course,
  steps: readonly HostStep[],
  names: readonly string[],
): Promise<void> {
  for (const server of course.servers) {
    if (server.ipv6?.duid) putDuid(vault, server.name, server.ipv6.duid)
  }
  for (const name of [...references(JSON.stringify(steps)), ...names]) vault.get(name)
  await vault.save()
}

/** Whole, and without its type (00:03) as systemd.network(5) DUIDRawData= takes a DUID-LL. */
function putDuid(vault: SecretVault, server: string, duid: Secret): void {
  vault.put(`duid/${server}`, duid)
  vault.put(`duid/${server}/ll`, new Secret(duid.reveal().split(':').slice(2).join(':')))
}
