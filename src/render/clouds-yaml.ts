// Decides the text of clouds.yaml, as openstacksdk and the openstack command read it.
// Leaves who gets which account to classroom/, and the password itself to whoever installs the file.
import { stringify } from 'yaml'
import { file, type RenderedFile } from '../core/step.ts'

export type CloudEntry = {
  /** What `--os-cloud` takes. */
  name: string
  authUrl: string
  user: string
  project: string
  /** A secret reference (core/secret); null: programs ask for it. */
  password: string | null
  /** Where there is one, programs log in by it, and neither project nor password is named. `secret` is a reference. */
  applicationCredential?: { name: string; secret: string }
  region: string
  interface: 'public' | 'internal'
  /** Certificate authority as the reader's machine has it; `~` is expanded. Null where a public one signed. */
  cacert: string | null
}

/** Mode 0600: it holds a password. Source: openstacksdk, doc/source/user/config/configuration.rst. */
export function cloudsYaml(path: string, entries: readonly CloudEntry[], owner = 'root:root'): RenderedFile {
  const clouds = Object.fromEntries(
    entries.map((entry) => [
      entry.name,
      {
        ...accountOf(entry),
        region_name: entry.region,
        interface: entry.interface,
        identity_api_version: 3,
        ...(entry.cacert === null ? {} : { cacert: entry.cacert }),
      },
    ]),
  )
  return file(path, stringify({ clouds }, { lineWidth: 0 }), '0600', owner)
}

function accountOf({ authUrl, user, project, password, applicationCredential }: CloudEntry) {
  if (applicationCredential !== undefined)
    return {
      auth_type: 'v3applicationcredential',
      auth: {
        auth_url: authUrl,
        username: user,
        user_domain_name: 'Default',
        application_credential_name: applicationCredential.name,
        application_credential_secret: applicationCredential.secret,
      },
    }
  return {
    auth: {
      auth_url: authUrl,
      username: user,
      ...(password === null ? {} : { password }),
      project_name: project,
      user_domain_name: 'Default',
      project_domain_name: 'Default',
    },
  }
}
