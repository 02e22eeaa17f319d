// Decides how a file's bytes become text, and which files are none of ours.
// Leaves the text's meaning to document and roster.
import { closeSync, openSync, readSync } from 'node:fs'
import iconv from 'iconv-lite'
import { bad, good, type Fault, type Outcome } from '../core/fault.ts'

/** Reads a file, at most `limit` bytes of it. Throws what node:fs throws. */
export type ReadFile = (path: string, limit: number) => Uint8Array

/** The real one. Bounded, so that a device or a disk image given by mistake does not fill the memory. */
export const readUpTo: ReadFile = (path, limit) => {
  const handle = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(limit)
    let size = 0
    for (let got = -1; got !== 0 && size < limit; size += got)
      got = readSync(handle, buffer, size, limit - size, null)
    return buffer.subarray(0, size)
  } finally {
    closeSync(handle)
  }
}

/** Bytes of a file of at most `limit` bytes. Fault codes: `no-file`, `is-directory`, `cannot-read`, `too-big`. */
export function openBytes(path: string, limit: number, readFile: ReadFile): Outcome<Uint8Array> {
  let bytes: Uint8Array
  try {
    bytes = readFile(path, limit + 1)
  } catch (error) {
    return bad(
      cannotOpen(path, error instanceof Error && 'code' in error ? String(error.code) : String(error)),
    )
  }
  if (bytes.length <= limit) return good(bytes)
  return bad({
    code: 'too-big',
    title: `${path} is larger than ${limit / 1024} KiB`,
    why: 'no course needs as much; it is probably another file',
    fix: 'give the path of the right file',
  })
}

/** Text of a UTF-8 file, line ends made `\n`. Fault codes: `not-utf8`, `binary`. */
export function utf8Text(path: string, bytes: Uint8Array): Outcome<string> {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  if (utf16) return bad(notUtf8(path, bytes, 0, 'UTF-16'))
  const zero = bytes.indexOf(0)
  if (zero >= 0)
    return bad({
      code: 'binary',
      title: `${path} holds a zero byte: it is not a text file`,
      why: 'a course file is text in UTF-8',
      fix: 'give the path of the course file itself',
      where: placeOf(path, bytes, zero),
    })
  try {
    return good(lines(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    return bad(notUtf8(path, bytes, firstBad(bytes), 'windows-1252 or another encoding'))
  }
}

export type Decoded = { text: string; encoding: string }

/**
 * Text in any encoding that spreadsheets save: UTF-8 and UTF-16 by their marks (UTF-16 also by its zero bytes), UTF-8
 * when every byte agrees, else windows-1252, or Mac Roman where windows-1252 has no such character. The name of what was
 * chosen is for the reader. (TextDecoder's windows-1252 is wrong in Node 20.18.3 and later, nodejs/node issue 56542,
 * hence iconv.)
 */
export function anyText(bytes: Uint8Array): Decoded {
  const [encoding, name] = encodingOf(bytes)
  return { text: lines(iconv.decode(Buffer.from(bytes), encoding).replace(/^\ufeff/, '')), encoding: name }
}

function encodingOf(bytes: Uint8Array): [iconv: string, name: string] {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return ['utf-16le', 'UTF-16']
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return ['utf-16be', 'UTF-16']
  const head = bytes.subarray(0, 2000)
  const zeros = (odd: number) => head.filter((byte, i) => byte === 0 && i % 2 === odd).length
  if (zeros(1) > head.length / 4) return ['utf-16le', 'UTF-16']
  if (zeros(0) > head.length / 4) return ['utf-16be', 'UTF-16']
  if (firstBad(bytes) === bytes.length) return ['utf-8', 'UTF-8']
  return isMacRoman(bytes) ? ['macintosh', 'Mac Roman'] : ['windows-1252', 'Windows-1252']
}

/**
 * Five bytes are no character of windows-1252; 8f is `è` in Mac Roman. There 8e is `é`, here a capital `Ž`, which follows
 * no small letter.
 */
function isMacRoman(bytes: Uint8Array): boolean {
  return bytes.some(
    (byte, i) =>
      [0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte) || (byte === 0x8e && /[a-z]/.test(latin(bytes[i - 1]))),
  )
}

const latin = (byte: number | undefined) => String.fromCodePoint(byte ?? 0)

const lines = (text: string) => text.replaceAll(/\r\n?/g, '\n')

/** Offset of the first byte that UTF-8 does not allow; the length when there is none. */
function firstBad(bytes: Uint8Array): number {
  const decodes = (end: number, stream: boolean) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream })
      return true
    } catch {
      return false
    }
  }
  if (decodes(bytes.length, false)) return bytes.length
  let fine = 0
  let wrong = bytes.length + 1
  while (fine + 1 < wrong) {
    const middle = (fine + wrong) >> 1
    if (decodes(middle, true)) fine = middle
    else wrong = middle
  }
  // Up to three bytes of a character that is never finished still decode as a stream.
  return [fine, fine - 1, fine - 2, fine - 3].find((end) => end >= 0 && decodes(end, false)) ?? fine
}

function placeOf(file: string, bytes: Uint8Array, offset: number) {
  const before = Buffer.from(bytes.subarray(0, offset)).toString('latin1').split('\n')
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1, length: 1 }
}

function notUtf8(path: string, bytes: Uint8Array, offset: number, guess: string): Fault {
  return {
    code: 'not-utf8',
    title: `${path} is not UTF-8 (it looks like ${guess})`,
    why: 'accents would come out wrong',
    fix: "save it again as UTF-8: the editor's `Save as` has a choice of encoding",
    where: placeOf(path, bytes, offset),
  }
}

function cannotOpen(path: string, code: string): Fault {
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return {
      code: 'no-file',
      title: `there is no file ${path}`,
      why: 'nothing stands at this path',
      fix: `see what is there: ls ${dirOf(path)}`,
    }
  if (code === 'EISDIR')
    return {
      code: 'is-directory',
      title: `${path} is a directory`,
      why: 'a file is needed',
      fix: `give a file in it: ls ${path}`,
    }
  return {
    code: 'cannot-read',
    title: `${path} cannot be read (${code})`,
    why: 'the system refuses to open it',
    fix: `look at its owner and mode: ls -l ${path}`,
  }
}

function dirOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) || '/' : '.'
}
