// Decides who exists in Keystone besides students: the administrator, one user for each service; and the catalogue.
// Leaves projects and users of the course to the classroom.
import { command, file, shell, type Command, type HostStep } from '../../core/step.ts'
import type { Site } from '../../core/site.ts'
import { identitiesScript } from './identities-script.ts'
import { apis, internalUrl, ports, publicUrl, region } from './ports.ts'
import { secret } from './secrets.ts'

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
  const run = (mode: 'make' | 'check'): Command => ({
    ...command('python3', script, mode),
    stdin: JSON.stringify(wanted),
  })
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
        { ...run('make'), idleSeconds: 120 },
      ],
      verify: [run('check')],
      after: ['openstack/keystone'],
    },
  ]
}
