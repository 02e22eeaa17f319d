// Decides the phases of stack.sh that are told: the words it begins them with, and how long each took where it was measured.
// Leaves seeing them to the driver.

/** Past this one nothing is tried again by itself: OVN's databases and bridges are there. */
export const noReturn = 'Starting OVN services'

/**
 * Summary lines of stack.sh and its libraries in the order in which they come, each with the seconds until the next one
 * in the run that docs/devstack.md records (two cores, no KVM, 2026.1 on Debian 13). A phase that a release or a
 * local.conf leaves out is passed over.
 */
export const typicalSeconds: Readonly<Record<string, number>> = {
  'Installing package prerequisites': 110,
  'Starting RabbitMQ': 30,
  'Installing OpenStack project source': 160,
  'Configuring and starting MySQL': 4,
  'Starting Keystone': 49,
  'Configuring Horizon': 20,
  'Configuring Glance': 1,
  'Configuring Neutron': 19,
  'Configuring Cinder': 5,
  'Configuring placement': 6,
  'Configuring Nova': 10,
  'Starting Nova API': 3,
  [noReturn]: 9,
  'Starting Neutron': 20,
  'Starting Placement': 3,
  'Creating initial neutron network elements': 20,
  'Starting Nova': 8,
  'Starting Cinder': 5,
  'Starting Glance': 3,
  'Uploading images': 1,
  'Starting Horizon': 16,
}

export const phases = Object.keys(typicalSeconds)
