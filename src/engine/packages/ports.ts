// Decides where each service of the cloud answers: loopback only, as the fixed port numbers of OpenStack's projects.
// Leaves the one public door to front.ts, queue and switch to their own files.

/** TCP ports on ::1. The API ports are those that OpenStack's own installation guides use. */
export const ports = {
  identity: 5000,
  placement: 8778,
  image: 9292,
  compute: 8774,
  network: 9696,
  console: 6080,
  dashboard: 8080,
  database: 3306,
  cache: 11211,
} as const

export type Api = {
  /** Service type in Keystone's catalogue, and path at the front. */
  type: 'identity' | 'placement' | 'image' | 'compute' | 'network'
  /** Name of the service and of its Keystone user. */
  name: 'keystone' | 'placement' | 'glance' | 'nova' | 'neutron'
  port: number
  /** What follows host and port in the catalogue. */
  path: string
}

export const apis: readonly Api[] = [
  { type: 'identity', name: 'keystone', port: ports.identity, path: '/v3' },
  { type: 'placement', name: 'placement', port: ports.placement, path: '' },
  { type: 'image', name: 'glance', port: ports.image, path: '' },
  { type: 'compute', name: 'nova', port: ports.compute, path: '/v2.1' },
  { type: 'network', name: 'neutron', port: ports.network, path: '' },
]
