// Decides how Horizon runs: uWSGI on loopback behind the front, sessions in memcached.
// Leaves TLS and the static files to the front.
import type { Site } from '../../core/site.ts'
import { file, shell, type HostStep } from '../../core/step.ts'
import { uwsgi } from '../../render/uwsgi.ts'
import { ports } from './ports.ts'
import { internalUrl } from '../urls.ts'
import { secret } from '../secrets.ts'
import { active, answers, awaitHttp, restart } from '../units.ts'

const home = '/usr/share/openstack-dashboard'
const ini = '/etc/bateau/uwsgi/horizon.ini'
const unit = 'bateau-horizon.service'

/**
 * WEBROOT stays at `/`: Debian compresses the static files at installation, for that root. Any Host is allowed because
 * only the front reaches it, and people come by address, by name or through a tunnel.
 */
const settings = (site: Site) => `ALLOWED_HOSTS = ['*']
SECRET_KEY = '${secret(site, 'horizon/key')}'
OPENSTACK_HOST = '[::1]'
OPENSTACK_KEYSTONE_URL = '${internalUrl(ports.identity, '/v3')}'
OPENSTACK_KEYSTONE_DEFAULT_ROLE = 'member'
OPENSTACK_ENDPOINT_TYPE = 'internalURL'
SECURE_PROXY_SSL_HEADER = ('HTTP_X_FORWARDED_PROTO', 'https')
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_ENGINE = 'django.contrib.sessions.backends.cache'
CACHES = {'default': {
    'BACKEND': 'django.core.cache.backends.memcached.PyMemcacheCache',
    'LOCATION': '[::1]:${ports.cache}',
}}
OPENSTACK_NEUTRON_NETWORK = {
    'enable_router': True,
    'enable_quotas': True,
    'enable_ipv6': True,
    'enable_fip_topology_check': False,
    'default_dns_nameservers': [],
    'supported_provider_types': ['*'],
    'extra_provider_types': {},
    'supported_vnic_types': ['*'],
    'physical_networks': [],
}
`

export function horizonSteps(site: Site): HostStep[] {
  return [
    {
      id: 'openstack/horizon',
      title: 'Horizon',
      because: 'the dashboard that students see',
      files: [
        file(
          '/etc/openstack-dashboard/local_settings.d/_9000_bateau.py',
          settings(site),
          '0640',
          'root:www-data',
        ),
        file(
          ini,
          uwsgi({
            name: 'horizon',
            listen: `[::1]:${ports.dashboard}`,
            wsgiFile: `${home}/wsgi.py`,
            directory: home,
            processes: 1,
            threads: 4,
            more: { pythonpath: home, env: 'DJANGO_SETTINGS_MODULE=openstack_dashboard.settings' },
          }),
        ),
        file(
          `/etc/systemd/system/${unit}`,
          [
            '[Unit]',
            'Description=OpenStack dashboard (Horizon) on loopback',
            'Wants=memcached.service keystone.service',
            'After=network.target memcached.service keystone.service',
            'StartLimitIntervalSec=0',
            '',
            '[Service]',
            // Debian gives the directory of its keys to www-data.
            'User=www-data',
            'Group=www-data',
            `ExecStart=/usr/bin/uwsgi_python3 --ini ${ini}`,
            `ExecStartPost=${awaitHttp} ${internalUrl(ports.dashboard, '/auth/login/')}`,
            'TimeoutStartSec=300',
            'KillMode=mixed',
            'Restart=always',
            'RestartSec=3',
            'NoNewPrivileges=yes',
            'PrivateTmp=yes',
            '',
            '[Install]',
            'WantedBy=multi-user.target',
          ].join('\n'),
        ),
      ],
      run: [
        // Horizon's own look at its settings, so that a mistake is said here and not in a browser.
        shell(
          `cd ${home} && runuser -u www-data -- python3 manage.py check --deploy --fail-level ERROR >/dev/null`,
        ),
        ...restart(unit),
      ],
      verify: [...active(unit), answers(internalUrl(ports.dashboard, '/auth/login/'))],
      after: ['openstack/keystone', 'openstack/memcached'],
    },
  ]
}
