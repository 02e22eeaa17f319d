// Decides which file an image of the course file is, in which format, and the digest that says whether a cloud has this build of it.
// Leaves uploading it to classroom/image-part.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Trouble } from '../core/fault.ts'
import type { ClassroomInput } from '../classroom/input.ts'
import type { Course } from '../course/course.ts'

type Image = ClassroomInput['image']

/** Throws Trouble `no-image-file`. */
export function courseImages({ class: policy, source }: Course, cache: string): Promise<Image[]> {
  return Promise.all(
    policy.images.map(async ({ name, file, user, minRamMiB, minDiskGiB }) => {
      const path = resolve(dirname(source.file), file)
      return {
        name,
        path,
        digest: await digestOf(path, join(cache, 'image-digests.json')),
        diskFormat: /\.(raw|img)$/.test(file) ? 'raw' : 'qcow2',
        minDiskGiB,
        minRamMiB,
        properties: user === null ? {} : { os_admin_user: user },
      }
    }),
  )
}

/** SHA-256, read once as long as size and time of the file stay: images are large, and every run asks. */
async function digestOf(path: string, memory: string): Promise<string> {
  const found = await stat(path).catch((error: unknown) => {
    throw new Trouble({
      code: 'no-image-file',
      title: `the image file ${path} cannot be read`,
      why: error instanceof Error ? error.message : String(error),
      fix: 'put it beside the course file, or correct class.images',
    })
  })
  const stamp = `${found.size} ${found.mtimeMs}`
  const known = await remembered(memory)
  const old = known[path]
  if (old?.stamp === stamp) return old.digest
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  const digest = hash.digest('hex')
  await mkdir(dirname(memory), { recursive: true })
  await writeFile(`${memory}.${process.pid}`, JSON.stringify({ ...known, [path]: { stamp, digest } }))
  await rename(`${memory}.${process.pid}`, memory)
  return digest
}

type Known = Record<string, { stamp: string; digest: string }>

async function remembered(path: string): Promise<Known> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Known
  } catch {
    return {}
  }
}
