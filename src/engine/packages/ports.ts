// Decides where each service of the cloud answers: loopback only, as the fixed port numbers of OpenStack's projects.
// Leaves the one public door to front.ts.
import type { Site } from '../../core/site.ts'

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
  queue: 5672,
  queueDistribution: 25672,
  cache: 11211,
  ovsdb: 6640,
  ovnNorthbound: 6641,
  ovnSouthbound: 6642,
} as const

export const region = 'RegionOne'

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

/** URL of a service for the other services, and for bateau through an SSH forward. */
export const internalUrl = (port: number, path = ''): string => `http://[::1]:${port}${path}`

/** URL of a service for people: the front, at the service address (RFC 3986 section 3.2.2: in brackets). */
export const publicUrl = (site: Site, path = ''): string => `https://[${site.addressing.service}]${path}`
