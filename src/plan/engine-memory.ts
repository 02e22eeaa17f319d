// Decides how much memory the cloud software takes before the first instance, and what each instance takes beside its own.
// Leaves what is left for instances to capacity.
import type { Course } from '../course/course.ts'

/** MiB, and where the figure is from: shown in every plan. */
export type Figure = { mib: number; source: string }

/**
 * Control plane of one server. Packages: sum of the services' proportional set sizes, Horizon included, on two cores,
 * and room for two more workers of Nova's and Neutron's API on bigger machines; together with the host's share it is what
 * engine/packages/nova keeps from instances (a test holds the two equal). DevStack: read in the same way after a real
 * stack.sh, and a GiB for use; engine/devstack/merged keeps that.
 */
const controlPlane: Record<Course['engine']['kind'], Figure> = {
  packages: {
    mib: 3072,
    source: 'measured: 2.2 GiB idle, 2.7 in use, OpenStack 2025.1 of Debian 13, two cores',
  },
  devstack: {
    mib: 4096,
    source: 'measured: 3.1 GiB idle, DevStack 2026.1 on Debian 13, two cores',
  },
}

/** cinder-api, -scheduler and -volume, one worker each: as much as glance and the scheduler take, twice. Estimated. */
const cinderMiB = 384

/** A Debian server with SSH, networkd and journald, and page cache that databases and images do not run well without. */
export const hostReserve: Figure = {
  mib: 1024,
  source: 'a Debian 13 host without OpenStack, its page cache included',
}

export function controlPlaneOf(engine: Pick<Course['engine'], 'kind' | 'cinder'>): Figure {
  const figure = controlPlane[engine.kind]
  return engine.cinder
    ? { mib: figure.mib + cinderMiB, source: `${figure.source}; Cinder estimated` }
    : figure
}

/**
 * MiB that QEMU takes for one instance in all. With KVM about 100 MiB beside the guest's own. Without KVM the translated
 * code comes on top: measured 225 MiB for a guest of 128 and 680 for one of 512, that is 73 MiB and 1.19 times.
 */
export function instanceMiB(ramMiB: number, kvm: boolean): number {
  return kvm ? ramMiB + 100 : Math.ceil(73 + 1.19 * ramMiB)
}
