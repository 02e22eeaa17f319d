// Decides by which properties an image is a teacher's snapshot of an instance, and which image an instance may become.
// Leaves taking and putting back to snapshot and rebuild.
import type { Image } from '../../cloud/image.ts'
import type { Server } from '../../cloud/compute.ts'

/** Properties of an image, which Nova sets with it: it is marked from its first moment. */
export const courseKey = 'bateau_course'
export const nameKey = 'bateau_snapshot'
export const seatKey = 'bateau_seat'
export const serverKey = 'bateau_instance'

/** Students write metadata and tags of their instances: what these name must not be the snapshot of another's disk. */
export const mayBecome = (image: Image, { id }: Pick<Server, 'id'>): boolean =>
  image[nameKey] === undefined || image[serverKey] === id
