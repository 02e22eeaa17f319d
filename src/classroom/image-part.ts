// Decides when the cloud's copy of the guest image serves, and uploads it when not.
// Leaves building the image to image/.
import type { Clock } from '../cloud/clock.ts'
import { CallFailure } from '../cloud/failure.ts'
import type { Image } from '../cloud/image.ts'
import { once } from '../cloud/once.ts'
import type { Cloud } from '../cloud/open.ts'
import type { ClassroomInput } from './input.ts'
import { ours, tagOf } from './mark.ts'
import { type Part, put } from './parts.ts'
import type { Base } from './survey.ts'

/** Property that says which build of the image it is. */
const digestProperty = 'bateau_digest'

/** Active and of the wanted build; a cut upload and an older build are deleted (instances keep their disks) and made anew. */
export function imagePart(course: string, clock: Clock, wanted: ClassroomInput['image']): Part<Base> {
  const named = (all: readonly Image[]) => all.map((one) => ({ ...one, name: one.name ?? null }))
  const find = (all: readonly Image[]) => ours(course, 'image', wanted.name, named(all))
  const serves = (image: Image) => image.status === 'active' && image[digestProperty] === wanted.digest
  return {
    name: `image ${wanted.name}`,
    there({ images }) {
      const image = find(images)
      return image !== undefined && serves(image)
    },
    async make(cloud, { images }) {
      const old = find(images)
      if (old) await cloud.image.delete(old.id)
      const { name, diskFormat, minDiskGiB, minRamMiB } = wanted
      const made = await once(
        clock,
        () =>
          cloud.image.create({
            name,
            diskFormat,
            minDiskGiB,
            minRamMiB,
            tags: [tagOf(course)],
            properties: { ...wanted.properties, [digestProperty]: wanted.digest },
          }),
        async () => find(await cloud.image.images()),
      )
      const uploaded = await upload(cloud, clock, made.id, wanted.path)
      return (state) => {
        state.images = state.images.filter(({ id }) => id !== old?.id)
        put(state.images, uploaded)
      }
    },
  }
}

const uploads = 3
const savingMilliseconds = 2_000

/** Sends the file until the image is active: what counts after a lost answer is what Glance says it has. */
async function upload(cloud: Cloud, clock: Clock, id: string, path: string): Promise<Image> {
  for (let attempt = 1; ; attempt++) {
    const failure = await cloud.image.upload(id, path).then(
      () => undefined,
      (error: unknown) => error,
    )
    let image = await cloud.image.image(id)
    for (let i = 0; image.status === 'saving' && i < 30; i++) {
      await clock.wait(savingMilliseconds)
      image = await cloud.image.image(id)
    }
    if (image.status === 'active') return image
    const again = failure instanceof CallFailure && failure.unsure && image.status === 'queued'
    if (!again || attempt === uploads) throw failure ?? new RangeError(`image ${id} is ${image.status}`)
  }
}
