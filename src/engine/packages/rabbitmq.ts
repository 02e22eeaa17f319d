// Decides the message queue: one node on loopback that does not depend on the host's name, one user.
// Leaves queues and exchanges to the services.
import { file, shell, type HostStep } from '../../core/step.ts'
import type { Site } from '../../core/site.ts'
import { ports } from './ports.ts'
import { secret } from './secrets.ts'
import { active, dropIn, restart } from './units.ts'

/** Erlang looks names up for IPv4 unless an inetrc says otherwise (RabbitMQ's networking guide, "Using IPv6"). */
const inetrc = '/etc/rabbitmq/erl_inetrc'
const distribution = '-proto_dist inet6_tcp'
/** ::1 as `inet_dist_use_interface` takes it. */
const loopback = '{0,0,0,0,0,0,0,1}'
/** One scheduler that sleeps when idle: a classroom sends few messages, and spinning schedulers cost a core. */
const modest = '+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none'

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
        file(
          '/etc/rabbitmq/rabbitmq-env.conf',
          [
            // A renamed host would be another node with empty queues and no user.
            'NODENAME=rabbit@localhost',
            'export ERL_EPMD_ADDRESS=::1',
            `export ERL_INETRC=${inetrc}`,
            `SERVER_ADDITIONAL_ERL_ARGS="${distribution} -kernel inet_dist_use_interface ${loopback} ${modest}"`,
            `CTL_ERL_ARGS="${distribution}"`,
          ].join('\n'),
        ),
        file(inetrc, '{inet6, true}.'),
        file(
          '/etc/rabbitmq/rabbitmq.conf',
          [
            `listeners.tcp.1 = ::1:${ports.queue}`,
            `distribution.listener.port_range.min = ${ports.queueDistribution}`,
            `distribution.listener.port_range.max = ${ports.queueDistribution}`,
            'vm_memory_high_watermark.absolute = 512MB',
            `load_definitions = ${definitions}`,
          ].join('\n'),
        ),
        file(definitions, JSON.stringify(wanted, null, 2), '0640', 'root:rabbitmq'),
        file(
          '/etc/systemd/system/epmd.socket.d/bateau.conf',
          ['[Socket]', 'ListenStream=', 'ListenStream=[::1]:4369', 'FreeBind=yes'].join('\n'),
        ),
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
