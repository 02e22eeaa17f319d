// Decides the form of the cloud's addresses: for its own services on loopback, for people at the front.
// Leaves which service answers at which port and path to each engine.
import type { Site } from '../core/site.ts'

export const region = 'RegionOne'

/** URL of a service for the other services, and for bateau through an SSH forward. */
export const internalUrl = (port: number, path = ''): string => `http://[::1]:${port}${path}`

/** URL of a service for people: the front, at the service address (RFC 3986 section 3.2.2: in brackets). */
export const publicUrl = (site: Site, path = ''): string => `https://[${site.addressing.service}]${path}`
