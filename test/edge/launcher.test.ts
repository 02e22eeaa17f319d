import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { spawnRun } from '../../src/host/spawn.ts'

/** A clone as small as one can be: the real launcher, lock and settings, and a program that shows its arguments. */
const clone = mkdtempSync(join(tmpdir(), 'bateau-launcher-'))
const main = join(clone, 'src/cli/main.ts')
const agent = join(clone, 'src/agent/main.ts')
const program = "process.stdout.write(JSON.stringify(process.argv.slice(2)) + '\\n')\n"

beforeAll(() => {
  for (const file of [
    'bateau',
    'package.json',
    'package-lock.json',
    '.npmrc',
    'tsconfig.json',
    'tsconfig.build.json',
    'rolldown.config.mjs',
  ])
    cpSync(file, join(clone, file))
  for (const room of ['cli', 'agent']) mkdirSync(join(clone, 'src', room), { recursive: true })
  writeFileSync(main, program)
  writeFileSync(agent, "console.log('the agent')\n")
})
afterAll(() => rmSync(clone, { recursive: true }))

const bateau = (...words: string[]) => spawnRun([join(clone, 'bateau'), ...words])

/** Commands that stand before the real ones in PATH; each writes what it was called with to a log. */
function pretend(commands: Record<string, string>) {
  const bin = mkdtempSync(join(clone, 'bin-'))
  const log = join(bin, 'log')
  for (const [name, script] of Object.entries(commands))
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >>${log}\n${script}\n`, { mode: 0o755 })
  return {
    run: (...words: string[]) =>
      spawnRun(['env', `PATH=${bin}:${process.env['PATH']}`, join(clone, 'bateau'), ...words]),
    log: () => (existsSync(log) ? readFileSync(log, 'utf8').trimEnd().split('\n') : []),
  }
}

it('two first calls at once install once and build once, and standard output is the program’s', async () => {
  const [one, two] = await Promise.all([bateau('a', 'b c'), bateau('d')])
  expect([one.code, one.stdout, two.code, two.stdout]).toEqual([0, '["a","b c"]\n', 0, '["d"]\n'])
  const said = `${one.stderr}${two.stderr}`
  expect(said.match(/npm ci/g)).toHaveLength(1)
  expect(said.match(/^bateau: building$/gm)).toHaveLength(1)
  expect(said).toContain('waiting')
})

it('makes the agent one file beside the rest', () => {
  expect(readFileSync(join(clone, 'build/agent.mjs'), 'utf8')).toContain('console.log("the agent")')
})

it('the next call says nothing of its own', async () => {
  expect(await bateau('x')).toEqual({ code: 0, stdout: '["x"]\n', stderr: '' })
})

it('it works from anywhere, through links', async () => {
  const links = mkdtempSync(join(clone, 'links-'))
  symlinkSync(join(clone, 'bateau'), join(links, 'first'))
  symlinkSync('first', join(links, 'second'))
  expect(await spawnRun(['env', '-C', '/', join(links, 'second'), 'y'])).toMatchObject({
    code: 0,
    stdout: '["y"]\n',
  })
})

it('a changed source is built, whatever its time stamp says, and what is gone from the source is gone from the build', async () => {
  writeFileSync(join(clone, 'src/old.ts'), 'export const old = 1\n')
  expect((await bateau()).stderr).toBe('bateau: building\n')
  expect(existsSync(join(clone, 'build/old.js'))).toBe(true)
  rmSync(join(clone, 'src/old.ts'))
  expect((await bateau()).stderr).toBe('bateau: building\n')
  expect(existsSync(join(clone, 'build/old.js'))).toBe(false)
  expect((await bateau()).stderr).toBe('')
})

it('a source that does not compile fails with 70, and the last good build is kept', async () => {
  writeFileSync(main, 'const wrong: number = "text"\n')
  const { code, stdout, stderr } = await bateau()
  expect([code, stdout]).toEqual([70, ''])
  expect(stderr).toContain('npm run types')
  expect(existsSync(join(clone, 'build/cli/main.js'))).toBe(true)
  writeFileSync(main, program)
  expect((await bateau('again')).stdout).toBe('["again"]\n')
})

it('an installation that was made by hand is taken as it is', async () => {
  rmSync(join(clone, 'node_modules/.bateau'))
  expect((await bateau()).stderr).toBe('')
})

it('an installation that was cut is made anew; with no way to a registry that fails with 70 and says what to look at', async () => {
  rmSync(join(clone, 'node_modules/.bateau'))
  rmSync(join(clone, 'node_modules/.package-lock.json'))
  rmSync(join(clone, 'node_modules/zod'), { recursive: true })
  const { code, stdout, stderr } = await pretend({ npm: 'echo "npm error network" >&2; exit 1' }).run('x')
  expect([code, stdout]).toEqual([70, ''])
  expect(stderr).toContain('npm config get registry')

  // Killed with all that it started, as soon as it says that it installs: that takes seconds on any machine.
  const cut = `setsid "$0" 2>"$1" & until grep -q 'npm ci' "$1"; do sleep 0.1; done; kill -KILL "-$!"; wait; cat "$1"`
  const said = await spawnRun(['sh', '-c', cut, join(clone, 'bateau'), join(clone, 'said')], {
    timeout: 60_000,
  })
  expect(said.stdout).toContain('npm ci')
  expect(existsSync(join(clone, 'node_modules/.package-lock.json'))).toBe(false)
  expect(await bateau('whole')).toMatchObject({ code: 0, stdout: '["whole"]\n' })
  expect(existsSync(join(clone, 'node_modules/zod/package.json'))).toBe(true)
})

it('a node that is too old, and a distribution that has no newer one: said, nothing done', async () => {
  const { run, log } = pretend({
    node: 'echo v18.20.4',
    'apt-cache': 'echo "  Candidate: 18.20.4+dfsg-1"',
    'apt-get': '',
  })
  const { code, stdout, stderr } = await run('--yes')
  expect([code, stdout]).toEqual([70, ''])
  expect(stderr).toContain('18.20.4')
  expect(log().filter((line) => line.startsWith('apt-get'))).toEqual([])
})

it('a node that is too old, where the distribution has a newer one: installed, saying so', async () => {
  const { run, log } = pretend({
    node: 'echo v18.20.4',
    'apt-cache': 'echo "  Candidate: 20.19.2+dfsg-1"',
    'apt-get': '',
  })
  const { stderr } = await run('--yes')
  expect(stderr).toContain('apt-get install nodejs npm')
  expect(log().filter((line) => line.startsWith('apt-get'))).toEqual([
    'apt-get update -q',
    'apt-get install -q -y --no-install-recommends nodejs npm',
  ])
})
