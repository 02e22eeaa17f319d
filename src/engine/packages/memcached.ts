// Decides the cache of tokens and dashboard sessions: loopback only, bounded.
// Leaves what is cached to the services.
import { file, type HostStep } from '../../core/step.ts'
import { ports } from './ports.ts'
import { active, dropIn, restart } from '../units.ts'

export function memcachedSteps(): HostStep[] {
  const name = 'memcached.service'
  return [
    {
      id: 'openstack/memcached',
      title: 'memcached',
      because: 'a token is checked once, not at every call',
      files: [
        file(
          '/etc/memcached.conf',
          ['-m 64', `-p ${ports.cache}`, '-u memcache', '-l ::1', '-U 0', '-c 1024'].join('\n'),
        ),
        dropIn({ unit: name }),
      ],
      run: restart(name),
      verify: active(name),
      after: ['openstack/packages'],
    },
  ]
}
