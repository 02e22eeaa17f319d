// Decides the settings that several OpenStack services write the same way: database, queue, cache, who they are.
// Leaves each service's own settings to its file.
import type { IniSection } from '../../render/ini.ts'
import type { Site } from '../../core/site.ts'
import { ports } from './ports.ts'
import { internalUrl, region } from '../urls.ts'
import { queuePorts } from '../queue.ts'
import { secret } from '../secrets.ts'

type ServiceUser = 'placement' | 'glance' | 'nova' | 'neutron'

/**
 * Pool per process; the sum over all workers stays far under MariaDB's max_connections. PyMySQL is Python all through and
 * gives way to the other green threads while it waits, which services on eventlet need: libmysqlclient, in C, would stop them.
 */
export const database = (
  site: Site,
  user: 'keystone' | ServiceUser,
  { schema = user, driver = 'pymysql' }: { schema?: string; driver?: 'pymysql' | 'mysqldb' } = {},
): IniSection => ({
  connection: `mysql+${driver}://${user}:${secret(site, `mariadb/${user}`)}@[::1]:${ports.database}/${schema}?charset=utf8mb4`,
  max_pool_size: 5,
  max_overflow: 20,
})

export const transportUrl = (site: Site): string =>
  `rabbit://openstack:${secret(site, 'rabbitmq/openstack')}@[::1]:${queuePorts.queue}/`

/** Who a service is towards Keystone. */
export const serviceUser = (site: Site, user: ServiceUser): IniSection => ({
  auth_type: 'password',
  auth_url: internalUrl(ports.identity, '/v3'),
  project_domain_name: 'Default',
  user_domain_name: 'Default',
  project_name: 'service',
  username: user,
  password: secret(site, `keystone/${user}`),
})

/** How a service calls another one: as its own user, through internal endpoints. */
export const credentials = (site: Site, user: ServiceUser): IniSection => ({
  ...serviceUser(site, user),
  region_name: region,
  valid_interfaces: 'internal',
})

/** keystonemiddleware: how a service checks the tokens it is shown. Its memcached wants `inet6:`, dogpile's does not. */
export const authtoken = (site: Site, user: ServiceUser): IniSection => ({
  www_authenticate_uri: internalUrl(ports.identity),
  ...serviceUser(site, user),
  interface: 'internal',
  region_name: region,
  memcached_servers: `inet6:[::1]:${ports.cache}`,
  service_token_roles: 'service',
  service_token_roles_required: true,
})

/** oslo.cache over memcached. */
export const cache: IniSection = {
  enabled: true,
  backend: 'dogpile.cache.pymemcache',
  memcache_servers: `[::1]:${ports.cache}`,
}

/** The front passes the outer scheme, host and path prefix on; links in answers are made from them. */
export const behindFront: IniSection = { enable_proxy_headers_parsing: true }
