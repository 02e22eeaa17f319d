// Decides the calls of Glance that bateau makes (Image API v2), and what of their answers it reads.
// Leaves which images there should be to classroom/.
import { createReadStream } from 'node:fs'
import { z } from 'zod'
import { list } from './list.ts'
import type { Session } from './session.ts'

const image = z.looseObject({
  id: z.string(),
  name: z.string().nullish(),
  status: z.string(),
  visibility: z.string(),
  tags: z.array(z.string()).default([]),
  size: z.number().nullish(),
})
export type Image = z.infer<typeof image>

export type NewImage = {
  name: string
  diskFormat: string
  minDiskGiB: number
  minRamMiB: number
  tags: readonly string[]
  properties: Readonly<Record<string, string>>
}

export class Images {
  readonly #session: Session
  constructor(session: Session) {
    this.#session = session
  }

  images(): Promise<Image[]> {
    return list(
      this.#session,
      { service: 'image', what: 'list images', path: '/images', query: { limit: '100' } },
      'images',
      image,
    )
  }
  image(id: string): Promise<Image> {
    const call = { service: 'image', what: `show image ${id}`, method: 'GET', path: `/images/${id}` } as const
    return this.#session.call(call, image)
  }
  /** Public, without content: `upload` gives it that. */
  create(wanted: NewImage): Promise<Image> {
    const json = {
      name: wanted.name,
      disk_format: wanted.diskFormat,
      container_format: 'bare',
      visibility: 'public',
      min_disk: wanted.minDiskGiB,
      min_ram: wanted.minRamMiB,
      tags: wanted.tags,
      ...wanted.properties,
    }
    const call = { service: 'image', what: `create image ${wanted.name}`, method: 'POST' } as const
    return this.#session.call({ ...call, path: '/images', json }, image)
  }
  /** Sends a file of this machine. Not repeated: an image cut half-way is made anew by whoever looks after it. */
  async upload(id: string, path: string): Promise<void> {
    await this.#session.answer({
      service: 'image',
      what: `upload ${path}`,
      method: 'PUT',
      path: `/images/${id}/file`,
      headers: { 'content-type': 'application/octet-stream' },
      stream: () => createReadStream(path),
      repeatable: false,
    })
  }
  async delete(id: string): Promise<void> {
    const call = { service: 'image', what: `delete image ${id}`, method: 'DELETE' } as const
    await this.#session.answer({ ...call, path: `/images/${id}` })
  }
}
