// Decides how Keystone runs: Fernet tokens, passwords hashed with bcrypt.
// Leaves who exists and which services there are to identities.ts.
import { command, file, type HostStep } from '../../core/step.ts'
import type { Site } from '../../core/site.ts'
import { ini } from '../../render/ini.ts'
import { apiFiles } from './apps.ts'
import { tableExists } from './mariadb.ts'
import { ports } from './ports.ts'
import { internalUrl } from '../urls.ts'
import { behindFront, cache, database } from './settings.ts'
import { active, answers, restart } from '../units.ts'
import { workers } from './workers.ts'

const as = (...argv: string[]) => command('runuser', '-u', 'keystone', '--', 'keystone-manage', ...argv)

/**
 * One thread a process. With four, 2 in 100 requests of students were judged by roles of somebody else who asked at the same
 * moment (Keystone 27.0.0 under uWSGI 2.0.28: `manager`, which only the administrator implies, in 15 of 510 application
 * credentials asked for beside the administrator's log-ins); with one thread in none of 450.
 */
const threads = 1

/**
 * 2^10 rounds of bcrypt, the least that OWASP's Password Storage Cheat Sheet asks for; Keystone's own default is 12. It costs
 * a quarter of the time of each log-in and each new account (0.24 to 0.09 CPU seconds, docs/bench-enrol.md), and the passwords
 * that bateau makes are too long to be guessed at any cost.
 */
const hashRounds = 10

export function keystoneSteps(site: Site): HostStep[] {
  const config = file(
    '/etc/keystone/keystone.conf',
    ini({
      database: database(site, 'keystone'),
      cache,
      token: { provider: 'fernet' },
      identity: { password_hash_rounds: hashRounds },
      oslo_middleware: behindFront,
    }),
    '0640',
    'root:keystone',
  )
  const keys = ['--keystone-user', 'keystone', '--keystone-group', 'keystone']
  return [
    {
      id: 'openstack/keystone/sync',
      title: 'Keystone: database schema and keys',
      because: 'tables and the keys that sign tokens come before the service',
      files: [config],
      run: [
        { ...as('db_sync'), idleSeconds: 600 },
        // Both leave keys that are there alone.
        command('keystone-manage', 'fernet_setup', ...keys),
        command('keystone-manage', 'credential_setup', ...keys),
      ],
      verify: [
        tableExists('keystone', 'alembic_version'),
        command('test', '-s', '/etc/keystone/fernet-keys/0'),
        command('test', '-s', '/etc/keystone/credential-keys/0'),
      ],
      after: ['openstack/mariadb/schemas'],
    },
    {
      id: 'openstack/keystone',
      title: 'Keystone',
      because: 'every other service asks it who is calling',
      files: [
        config,
        ...apiFiles({
          unit: 'keystone',
          user: 'keystone',
          port: ports.identity,
          wsgiFile: '/usr/bin/keystone-wsgi-public',
          processes: workers(site).keystone,
          threads,
          needs: ['mariadb.service', 'memcached.service'],
        }),
      ],
      run: restart('keystone.service'),
      verify: [...active('keystone.service'), answers(internalUrl(ports.identity, '/v3'))],
      after: ['openstack/keystone/sync', 'openstack/memcached', 'openstack/readiness'],
    },
  ]
}
