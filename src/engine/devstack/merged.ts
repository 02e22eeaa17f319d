// Decides the options that DevStack has no variable for: merged into the files of Nova and Neutron before they start.
// Leaves what is changed after stack.sh to doors.ts.
import type { LocalConf, Option } from '../../render/local-conf.ts'
import { datapath, geneve } from '../switch.ts'
import type { Node } from './node.ts'
import type { DevstackSite } from './release-facts.ts'

/**
 * MiB kept from instances. All processes take 3186 when idle (proportional set size, Horizon included, two workers an
 * API, 2026.1 on Debian 13, two cores); the rest is for use, the kernel and the page cache.
 */
export const reservedMemoryMiB = 5120

const option = (name: string, value: string | number | boolean, why: string): Option => ({
  name,
  value: typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value),
  why,
})

const proxied = option('enable_proxy_headers_parsing', true, 'Links in answers lead back through the front.')

export function merged(site: DevstackSite, node: Node): LocalConf['merged'] {
  const nova = {
    name: 'DEFAULT',
    options: [
      option(
        'resume_guests_state_on_host_boot',
        true,
        'Instances that ran run again after a reboot of the server.',
      ),
      option('reserved_host_memory_mb', reservedMemoryMiB, 'What instances may not have.'),
      option(
        'cpu_allocation_ratio',
        Math.max(16, site.overcommit?.vcpus ?? 16),
        'Instances idle most of the time.',
      ),
      option(
        'ram_allocation_ratio',
        site.overcommit?.ram ?? 1,
        'Memory is promised twice only when the course says so.',
      ),
    ],
  }
  if (node.role === 'compute') return [{ file: '$NOVA_CONF', sections: [nova] }]
  return [
    { file: '$NOVA_CONF', sections: [nova, { name: 'oslo_middleware', options: [proxied] }] },
    {
      file: '$NEUTRON_CONF',
      sections: [
        {
          name: 'DEFAULT',
          options: [
            option(
              'global_physnet_mtu',
              site.addressing.tenantMtu + geneve.outer + geneve.header,
              'What the uplink carries.',
            ),
          ],
        },
        { name: 'oslo_middleware', options: [proxied] },
      ],
    },
    ...(datapath(site) === 'system'
      ? []
      : [
          {
            file: '/$Q_PLUGIN_CONF_FILE',
            sections: [
              {
                name: 'ovn',
                options: [
                  option(
                    'ovn_emit_need_to_frag',
                    false,
                    'In user space segments are whole when their length is checked: downloads crawl.',
                  ),
                ],
              },
            ],
          },
        ]),
    {
      file: '/etc/nova/nova_cell1.conf',
      sections: [
        {
          name: 'DEFAULT',
          options: [
            option(
              'graceful_shutdown_timeout',
              5,
              'Seconds, as nova.conf has it: without, stopping the conductor of the cell takes 160.',
            ),
          ],
        },
      ],
    },
  ]
}
