// Decides the message queue: its one user, and when it starts.
// Leaves where it listens to ../queue.ts, queues and exchanges to the services.
import { file, shell, type HostStep } from '../../core/step.ts'
import type { Site } from '../../core/site.ts'
import { queueFiles } from '../queue.ts'
import { secret } from '../secrets.ts'
import { active, dropIn, restart } from '../units.ts'

/** Read at every start of the node, so a user that is there gets this password; the user `guest` is never made. */
const definitions = '/etc/rabbitmq/definitions.json'

export function rabbitmqSteps(site: Site): HostStep[] {
  const user = 'openstack'
  const wanted = {
    vhosts: [{ name: '/' }],
    users: [{ name: user, password: secret(site, 'rabbitmq/openstack'), tags: '' }],
    permissions: [{ user, vhost: '/', configure: '.*', write: '.*', read: '.*' }],
  }
  const name = 'rabbitmq-server.service'
  return [
    {
      id: 'openstack/rabbitmq',
      title: 'RabbitMQ',
      because: 'the parts of Nova and Neutron talk through it; it answers on ::1 only',
      files: [
        ...queueFiles([`load_definitions = ${definitions}`]),
        file(definitions, JSON.stringify(wanted, null, 2), '0640', 'root:rabbitmq'),
        dropIn({ unit: 'epmd.service' }),
        dropIn({ unit: name }),
      ],
      run: [
        // The port mapper may have been started by the package on every address, with a node registered in it.
        shell(
          `systemctl daemon-reload
systemctl stop rabbitmq-server.service || true
systemctl stop epmd.service epmd.socket || true
systemctl enable --quiet epmd.socket
systemctl start epmd.socket`,
        ),
        ...restart(name),
      ],
      verify: active(name),
      after: ['openstack/packages'],
    },
  ]
}
