// Decides how Glance runs: images as files on the server's own disk.
// Leaves which images there are to the classroom.
import { command, file, type HostStep } from '../../core/step.ts'
import type { Site } from '../../core/site.ts'
import { ini } from '../../render/ini.ts'
import { tableExists } from './mariadb.ts'
import { ports } from './ports.ts'
import { internalUrl } from '../urls.ts'
import { authtoken, behindFront, database } from './settings.ts'
import { active, answers, dropIn, restart } from '../units.ts'

export function glanceSteps(site: Site): HostStep[] {
  const config = file(
    '/etc/glance/glance-api.conf',
    ini({
      DEFAULT: {
        bind_host: '::1',
        bind_port: ports.image,
        workers: 1,
        enabled_backends: 'fs:file',
        // Without web-download: it would let a student make the server fetch URLs from inside.
        enabled_import_methods: '[glance-direct]',
      },
      database: database(site, 'glance'),
      glance_store: { default_backend: 'fs' },
      fs: { filesystem_store_datadir: '/var/lib/glance/images' },
      os_glance_staging_store: { filesystem_store_datadir: '/var/lib/glance/staging' },
      os_glance_tasks_store: { filesystem_store_datadir: '/var/lib/glance/tasks' },
      paste_deploy: { flavor: 'keystone' },
      oslo_concurrency: { lock_path: '/var/lock/glance' },
      keystone_authtoken: authtoken(site, 'glance'),
      oslo_middleware: behindFront,
    }),
    '0640',
    'root:glance',
  )
  return [
    {
      id: 'openstack/glance/sync',
      title: 'Glance: database schema',
      because: 'tables come before the service',
      files: [config],
      run: [{ ...command('runuser', '-u', 'glance', '--', 'glance-manage', 'db_sync'), idleSeconds: 600 }],
      verify: [tableExists('glance', 'alembic_version')],
      after: ['openstack/mariadb/schemas'],
    },
    {
      id: 'openstack/glance',
      title: 'Glance',
      because: 'instances boot from its images',
      files: [
        config,
        dropIn({
          unit: 'glance-api.service',
          needs: ['mariadb.service', 'memcached.service', 'keystone.service'],
          answers: internalUrl(ports.image, '/'),
        }),
      ],
      run: [
        command('install', '-d', '-o', 'glance', '-g', 'glance', '-m', '0750', ...stores),
        ...restart('glance-api.service'),
      ],
      verify: [...active('glance-api.service'), answers(internalUrl(ports.image, '/'))],
      after: ['openstack/glance/sync', 'openstack/identities'],
    },
  ]
}

const stores = ['/var/lib/glance/images', '/var/lib/glance/staging', '/var/lib/glance/tasks'] as const
