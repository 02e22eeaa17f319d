import { mkdtemp, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Ran, Shell } from '../core/shell.ts'
import { guestFiles } from './guest.ts'
import { tinyImagePath, tinyImageTask } from './tiny.ts'
import { localShell } from '../host/spawn.ts'

let cacheDir: string
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'bateau-tiny-'))
})
afterEach(() => rm(cacheDir, { recursive: true, force: true }))

const progress = { line: () => {}, part: () => {}, signal: new AbortController().signal }
const answering = (ran: Ran): Shell => ({ name: 'test', run: async () => ran })
const task = (shell: Shell, arch = 'x64') =>
  tinyImageTask({ shell, cacheDir, sources: async () => 'deb x trixie main', arch })

it('an image in the cache serves as long as its recipe is the same', async () => {
  const one = task(answering({ code: 1, stdout: '', stderr: '' }))
  expect((await one.look()).done).toBe(false)
  await mkdir(dirname(tinyImagePath(cacheDir)), { recursive: true })
  await writeFile(tinyImagePath(cacheDir), 'image')
  expect((await one.look()).done).toBe(true)
})

it('packages that cannot be fetched are a fault with the last words, and leave nothing behind', async () => {
  const offline = task(
    answering({ code: 100, stdout: '', stderr: 'I: running apt-get update...\nE: apt-get update failed' }),
  )
  await expect(offline.act(progress)).rejects.toMatchObject({
    fault: { code: 'image-fetch', why: expect.stringContaining('apt-get update failed') },
  })
  expect(await readdir(join(cacheDir, 'images'))).toEqual([])
})

it('another architecture is refused before anything is fetched', async () => {
  const shell: Shell = { name: 'none', run: () => Promise.reject(new Error('nothing may run')) }
  await expect(task(shell, 'arm64').act(progress)).rejects.toMatchObject({ fault: { code: 'image-arch' } })
})

it.each(
  guestFiles
    .filter(({ text }) => text.startsWith('#!/bin/sh'))
    .map(({ path, text }) => [path, text] as const),
)('%s is a script that a shell can read', async (_, text) => {
  expect(await localShell().run(['sh', '-n'], { stdin: text })).toEqual({ code: 0, stdout: '', stderr: '' })
})
