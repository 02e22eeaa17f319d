// Decides the database server: loopback only, small, one user and its schemas for each service.
// Leaves the tables to each service's own `db sync` step.
import { command, file, shell, type Command, type HostStep } from '../../core/step.ts'
import type { Site } from '../../core/site.ts'
import { ini } from '../../render/ini.ts'
import { ports } from './ports.ts'
import { secret } from '../secrets.ts'
import { active, dropIn, restart } from '../units.ts'

/** Schemas of each database user. */
const schemas = {
  keystone: ['keystone'],
  placement: ['placement'],
  glance: ['glance'],
  neutron: ['neutron'],
  nova: ['nova', 'nova_api', 'nova_cell0'],
} as const

const users = Object.keys(schemas) as (keyof typeof schemas)[]

export function mariadbSteps(site: Site): HostStep[] {
  const name = 'mariadb.service'
  return [
    {
      id: 'openstack/mariadb',
      title: 'MariaDB',
      because: 'every service keeps its state in it; it answers on ::1 only',
      files: [
        file(
          '/etc/mysql/mariadb.conf.d/99-bateau.cnf',
          ini({
            mysqld: {
              'bind-address': '::1',
              port: ports.database,
              'skip-name-resolve': 'ON',
              // Each worker of each service holds up to 25 connections.
              max_connections: 1000,
              innodb_buffer_pool_size: '128M',
              // At most one second of work is lost when the machine (not the server) stops; OpenStack repeats it.
              innodb_flush_log_at_trx_commit: 2,
              performance_schema: 'OFF',
              'character-set-server': 'utf8mb4',
              'collation-server': 'utf8mb4_general_ci',
            },
          }),
        ),
        dropIn({ unit: name }),
      ],
      run: restart(name),
      verify: active(name),
      after: ['openstack/packages'],
    },
    {
      id: 'openstack/mariadb/schemas',
      title: 'MariaDB: a user and its schemas for each service',
      because: 'no service can read what another one keeps',
      files: [],
      run: [
        {
          ...command('mariadb', '--batch'),
          stdin: users.flatMap((user) => statements(site, user)).join('\n'),
        },
      ],
      verify: users.map((user) => logIn(site, user)),
      after: ['openstack/mariadb'],
    },
  ]
}

/** Each may be repeated: a user that is there gets the password of the vault. */
function statements(site: Site, user: (typeof users)[number]): string[] {
  const who = `'${user}'@'::1'`
  const password = `'${secret(site, `mariadb/${user}`)}'`
  return [
    `CREATE USER IF NOT EXISTS ${who} IDENTIFIED BY ${password};`,
    `ALTER USER ${who} IDENTIFIED BY ${password};`,
    ...schemas[user].flatMap((schema) => [
      `CREATE DATABASE IF NOT EXISTS ${schema};`,
      `GRANT ALL ON ${schema}.* TO ${who};`,
    ]),
    '',
  ]
}

/** The password goes by way of the environment, which only root and the process itself can read. */
function logIn(site: Site, user: (typeof users)[number]): Command {
  return {
    ...shell(
      `IFS= read -r MYSQL_PWD; export MYSQL_PWD
exec mariadb --batch --host ::1 --port ${ports.database} --user ${user} --execute 'SELECT 1' ${schemas[user][0]}`,
    ),
    stdin: `${secret(site, `mariadb/${user}`)}\n`,
  }
}

/** Exit 0 when the table is there and answers; as root through the socket. */
export const tableExists = (schema: string, table: string): Command =>
  command('mariadb', '--batch', '--skip-column-names', '--execute', `SELECT 1 FROM ${table} LIMIT 1`, schema)
