// Decides where RabbitMQ listens, whatever engine it serves: one node on ::1 that does not depend on the host's name.
// Leaves users and permissions to each engine.
import { file, type RenderedFile } from '../core/step.ts'

/** TCP ports on ::1: AMQP, and Erlang's distribution. */
export const queuePorts = { queue: 5672, distribution: 25672 } as const

/** Erlang looks names up for IPv4 unless an inetrc says otherwise (RabbitMQ's networking guide, "Using IPv6"). */
const inetrc = '/etc/rabbitmq/erl_inetrc'
const distribution = '-proto_dist inet6_tcp'
/** ::1 as `inet_dist_use_interface` takes it. */
const loopback = '{0,0,0,0,0,0,0,1}'
/** One scheduler that sleeps when idle: a classroom sends few messages, and spinning schedulers cost a core. */
const modest = '+S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none'

/** Read by the node at its start, so they are there before the package. `more`: lines for rabbitmq.conf. */
export const queueFiles = (more: readonly string[] = []): RenderedFile[] => [
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
      `listeners.tcp.1 = ::1:${queuePorts.queue}`,
      `distribution.listener.port_range.min = ${queuePorts.distribution}`,
      `distribution.listener.port_range.max = ${queuePorts.distribution}`,
      'vm_memory_high_watermark.absolute = 512MB',
      ...more,
    ].join('\n'),
  ),
  file(
    '/etc/systemd/system/epmd.socket.d/bateau.conf',
    ['[Socket]', 'ListenStream=', 'ListenStream=[::1]:4369', 'FreeBind=yes'].join('\n'),
  ),
]
