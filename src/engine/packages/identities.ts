// Decides who exists in Keystone besides students: the administrator, one user for each service; and the catalogue.
// Leaves projects and users of the course to the classroom.
import { command, file, shell, type HostStep } from '../../core/step.ts'
import type { Site } from '../../core/site.ts'
import { identitiesScript } from '../identities-script.ts'
import { apis, ports } from './ports.ts'
import { internalUrl, publicUrl, region } from '../urls.ts'
import { secret } from '../secrets.ts'

const script = '/usr/local/lib/bateau/identities'

export function identitiesSteps(site: Site): HostStep[] {
  const auth = internalUrl(ports.identity, '/v3')
  const wanted = {
    auth,
    region,
    admin: secret(site, 'keystone/admin'),
    users: apis.flatMap(({ name }) =>
      name === 'keystone' ? [] : [{ name, password: secret(site, `keystone/${name}`) }],
    ),
    services: apis.map(({ type, name, port, path }) => {
      const inside = internalUrl(port, path)
      return {
        type,
        name,
        endpoints: { public: publicUrl(site, `/${type}${path}`), internal: inside, admin: inside },
      }
    }),
  }
  const urls = wanted.services.flatMap(({ endpoints }) => Object.values(endpoints))
  return [
    {
      id: 'openstack/identities',
      title: 'Keystone: administrator, service users, catalogue',
      because: 'services need a user of their own, and callers need to find them',
      files: [file(script, identitiesScript, '0755')],
      run: [
        {
          // From the environment: argv of a process is for everybody to read.
          ...shell(
            [
              'IFS= read -r OS_BOOTSTRAP_PASSWORD',
              'export OS_BOOTSTRAP_PASSWORD',
              [
                'exec runuser -u keystone -- keystone-manage bootstrap',
                `--bootstrap-region-id ${region}`,
                `--bootstrap-public-url '${publicUrl(site, '/identity/v3')}'`,
                `--bootstrap-internal-url '${auth}' --bootstrap-admin-url '${auth}'`,
              ].join(' '),
            ].join('\n'),
          ),
          stdin: `${secret(site, 'keystone/admin')}\n`,
          idleSeconds: 120,
        },
        { ...command('python3', script), stdin: JSON.stringify(wanted), idleSeconds: 120 },
      ],
      verify: [
        {
          ...command(
            'curl',
            '-gsf',
            '-o',
            '/dev/null',
            '-m',
            '20',
            '-H',
            json,
            '--data',
            '@-',
            `${auth}/auth/tokens`,
          ),
          stdin: JSON.stringify(logIn(secret(site, 'keystone/admin'))),
        },
        shell(
          `test "$(mariadb -BN keystone -e "SELECT COUNT(*) FROM endpoint WHERE url IN (${urls.map((url) => `'${url}'`).join(', ')})")" = ${urls.length}`,
        ),
      ],
      after: ['openstack/keystone'],
    },
  ]
}

const json = 'Content-Type: application/json'

/** Body of POST /v3/auth/tokens (Identity API v3): the administrator, by password, on project admin. */
const logIn = (password: string) => {
  const domain = { id: 'default' }
  return {
    auth: {
      identity: { methods: ['password'], password: { user: { name: 'admin', domain, password } } },
      scope: { project: { name: 'admin', domain } },
    },
  }
}
