// Decides the hypervisor: libvirt and QEMU, with KVM where the host has it, and its place in Nova's cell.
// Leaves which instances run to Nova.
import type { Site } from '../../core/site.ts'
import { command, file, shell, type HostStep } from '../../core/step.ts'
import { ini } from '../../render/ini.ts'
import { novaConfig } from './nova.ts'
import { active, dropIn, restart } from '../units.ts'

export function computeSteps(site: Site): HostStep[] {
  const { kvm } = site.facts
  const host = site.name
  return [
    {
      id: 'openstack/compute',
      title: kvm ? 'Nova: compute with KVM' : 'Nova: compute with QEMU (no KVM here)',
      because: kvm
        ? 'instances run at full speed'
        : '/dev/kvm does not open on this host: QEMU translates, slowly',
      files: [
        novaConfig(site),
        file(
          '/etc/nova/nova-compute.conf',
          ini({
            DEFAULT: { compute_driver: 'libvirt.LibvirtDriver' },
            libvirt: {
              virt_type: kvm ? 'kvm' : 'qemu',
              cpu_mode: kvm ? 'host-model' : 'none',
              // Copy on write over one cached image, on the server's own disk.
              images_type: 'qcow2',
            },
          }),
        ),
        dropIn({
          unit: 'nova-compute.service',
          needs: [
            'libvirtd.service',
            'rabbitmq-server.service',
            'keystone.service',
            'placement-api.service',
            'nova-conductor.service',
            'neutron-api.service',
            'ovn-controller.service',
          ],
        }),
        dropIn({ unit: 'libvirtd.service' }),
      ],
      run: [
        ...(kvm ? [{ ...shell(kvmRuns(emulator(site))), idleSeconds: 30 }] : []),
        // At a reboot Nova itself brings instances back; libvirt would save them under its feet.
        shell(
          '! systemctl is-enabled --quiet libvirt-guests || systemctl disable --quiet --now libvirt-guests',
        ),
        ...restart('libvirtd.service', 'nova-compute.service'),
        {
          ...shell(`until mariadb -BN nova -e "SELECT 1 FROM compute_nodes WHERE deleted = 0 AND host = '${host}'" | grep -q 1
do sleep 0.5; done`),
          idleSeconds: 180,
        },
        {
          ...command('runuser', '-u', 'nova', '--', 'nova-manage', 'cell_v2', 'discover_hosts'),
          idleSeconds: 120,
        },
      ],
      verify: [
        ...active('libvirtd.service', 'nova-compute.service'),
        shell(`mariadb -BN nova_api -e "SELECT 1 FROM host_mappings WHERE host = '${host}'" | grep -q 1`),
      ],
      after: ['openstack/nova', 'openstack/neutron'],
    },
  ]
}

const emulator = (site: Site) => {
  const arm = ['aarch64', 'arm64'].includes(site.facts.arch)
  return arm ? 'qemu-system-aarch64 -machine virt' : 'qemu-system-x86_64'
}

/**
 * A device that opens is not a processor that runs guests: a nested or crippled KVM lets QEMU start and abort. Starts a
 * machine without disks, which waits for ever when all is well; timeout(1) then says 124.
 */
const kvmRuns = (qemu: string) => `code=0
said=$(timeout 3 ${qemu} -accel kvm -cpu host -m 64 -nodefaults -display none -monitor none 2>&1) || code=$?
if [ $code != 124 ] || printf '%s' "$said" | grep -q 'KVM internal error'; then
  printf '%s\\n' "$said" >&2
  echo '/dev/kvm opens, but QEMU cannot run a guest with it: plan this server without KVM' >&2
  exit 1
fi`
