// Decides what the database of DevStack is called on a distribution, and how root asks it without a password in argv.
// Leaves its schemas to stack.sh.
import { file, type RenderedFile } from '../../core/step.ts'
import { ini } from '../../render/ini.ts'
import { secret } from '../secrets.ts'
import type { DevstackSite } from './release-facts.ts'

/** lib/databases/mysql at da2f4d73: MariaDB on Debian, MySQL on Ubuntu. */
const kindOf = ({ facts }: DevstackSite) => (facts.os.id === 'ubuntu' ? 'mysql' : 'mariadb')

export const databaseUnit = (site: DevstackSite): string => `${kindOf(site)}.service`

const login = '/etc/bateau/devstack/my.cnf'

export const databaseLogin = (site: DevstackSite): RenderedFile =>
  file(
    login,
    ini({ client: { user: 'root', password: secret(site, 'devstack/database'), host: '::1' } }),
    '0600',
  )

/** Shell text; the answer is bare, a row a line. */
export const query = (site: DevstackSite, sql: string): string =>
  `${kindOf(site)} --defaults-file=${login} -BN -e "${sql}"`
