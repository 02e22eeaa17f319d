// Decides how the fake cloud answers as Glance (Image API v2).
// Leaves what is in an image to nobody: only its size is kept.
import { type Ask, gone, ok, refuse, type Reply, type State } from './state.ts'

/** Small, so that reading a list goes over more than one page. */
const pageSize = 2

export function glance(state: State, { method, path, body, query, bytes }: Ask): Reply | undefined {
  const [, , id, file] = path.split('/')
  if (id === undefined) {
    if (method === 'POST') {
      const wanted = body as Record<string, unknown>
      const made = { ...wanted, id: state.id(), name: String(wanted['name']), status: 'queued' }
      state.images.push(made)
      return ok(made, 201)
    }
    const from = query.has('marker') ? state.images.findIndex((one) => one.id === query.get('marker')) + 1 : 0
    const images = state.images.slice(from, from + pageSize)
    const last = images.at(-1)
    const more = from + pageSize < state.images.length && last
    return ok({ images, ...(more ? { next: `/v2/images?marker=${last.id}` } : {}) })
  }
  const image = state.images.find((one) => one.id === id)
  if (!image) return gone
  if (method === 'DELETE') {
    state.images.splice(state.images.indexOf(image), 1)
    return { status: 204 }
  }
  if (file === 'file') {
    if (image['status'] !== 'queued')
      return refuse(409, `Image status transition from ${String(image['status'])} to saving is not allowed`)
    image['status'] = 'active'
    image['size'] = bytes
    return { status: 204 }
  }
  return ok(image)
}
