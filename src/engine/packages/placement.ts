// Decides how Placement runs.
// Leaves inventories and allocations to Nova.
import { command, file, type HostStep } from '../../core/step.ts'
import type { Site } from '../../core/site.ts'
import { ini } from '../../render/ini.ts'
import { apiFiles } from './apps.ts'
import { tableExists } from './mariadb.ts'
import { ports } from './ports.ts'
import { internalUrl } from '../urls.ts'
import { authtoken, behindFront, database } from './settings.ts'
import { active, answers, restart } from '../units.ts'

export function placementSteps(site: Site): HostStep[] {
  const config = file(
    '/etc/placement/placement.conf',
    ini({
      api: { auth_strategy: 'keystone' },
      placement_database: database(site, 'placement'),
      keystone_authtoken: authtoken(site, 'placement'),
      oslo_middleware: behindFront,
    }),
    '0640',
    'root:placement',
  )
  return [
    {
      id: 'openstack/placement/sync',
      title: 'Placement: database schema',
      because: 'tables come before the service',
      files: [config],
      run: [
        {
          ...command('runuser', '-u', 'placement', '--', 'placement-manage', 'db', 'sync'),
          idleSeconds: 600,
        },
      ],
      verify: [tableExists('placement', 'alembic_version')],
      after: ['openstack/mariadb/schemas'],
    },
    {
      id: 'openstack/placement',
      title: 'Placement',
      because: 'Nova asks it where an instance fits',
      files: [
        config,
        ...apiFiles({
          unit: 'placement-api',
          user: 'placement',
          port: ports.placement,
          wsgiFile: '/usr/bin/placement-api',
          processes: 1,
          threads: 4,
          needs: ['mariadb.service', 'memcached.service', 'keystone.service'],
        }),
      ],
      run: restart('placement-api.service'),
      verify: [...active('placement-api.service'), answers(internalUrl(ports.placement, '/'))],
      after: ['openstack/placement/sync', 'openstack/identities'],
    },
  ]
}
