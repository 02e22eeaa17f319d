// Decides how a file that never changes under its address is kept in the cache: by its address, whole or not at all.
// Leaves which files are such to mirror-server and python-index.
import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** Name of a kept file: what tells addresses apart, and what people know it by. */
export function keptNameOf(url: URL): string {
  const digest = createHash('sha256')
    .update(url.host + url.pathname + url.search)
    .digest('hex')
    .slice(0, 24)
  return `${digest}-${basename(url.pathname)
    .replaceAll(/[^\w.+~%-]/g, '_')
    .slice(-180)}`
}

/** False when it is not kept, and nothing was answered. */
export async function serveKept(
  path: string,
  type: string,
  head: boolean,
  response: ServerResponse,
): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  if (found === null) return false
  response.writeHead(200, { 'content-length': found.size, 'content-type': type })
  if (head) response.end()
  else await pipeline(createReadStream(path), response)
  return true
}

/** Gives the body to the client and to a file, which gets its name only once it is whole. A client that leaves does not cut the file. */
export async function keep(upstream: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const part = `${path}.${randomUUID()}.part`
  await mkdir(join(path, '..'), { recursive: true })
  const file = createWriteStream(part)
  response.on('close', () => upstream.unpipe(response).resume())
  upstream.pipe(response)
  try {
    await pipeline(upstream, file)
    if (!isWhole(upstream, file.bytesWritten)) throw new Error('cut short')
    await rename(part, path)
  } catch (error) {
    response.destroy()
    await rm(part, { force: true })
    throw error
  }
}

/** RFC 9112 section 6.3: a body in chunks says itself where it ends (and node fails when it does not); one of neither kind could be cut. */
function isWhole({ headers }: IncomingMessage, bytes: number): boolean {
  const length = headers['content-length']
  return length === undefined ? headers['transfer-encoding'] === 'chunked' : length === String(bytes)
}
