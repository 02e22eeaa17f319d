// Decides the names of the cloud's secrets: one for each service and purpose, none shared.
// Leaves making and keeping them to the vault, resolving them to host/.
import { reference } from '../core/secret.ts'
import type { Site } from '../core/site.ts'

/**
 * Names in the vault. Values must be made of letters, digits, `_` and `-` only: they stand in URLs
 * (`mysql+pymysql://user:secret@…`), SQL strings and INI values.
 */
export type SecretUse =
  | 'keystone/admin'
  | 'rabbitmq/openstack'
  | 'horizon/key'
  | `mariadb/${'keystone' | 'placement' | 'glance' | 'nova' | 'neutron'}`
  | `keystone/${'placement' | 'glance' | 'nova' | 'neutron'}`
  | `devstack/${'database' | 'rabbit' | 'service'}`

/** Name in the vault of one secret of one server's cloud: `os1/openstack/keystone/admin`. */
export const secretName = (site: Site, use: SecretUse): string =>
  `${site.name.toLowerCase()}/openstack/${use}`

export const secret = (site: Site, use: SecretUse): string => reference(secretName(site, use))
