import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { meanings } from '../../src/cli/exit.ts'
import { spawnRun } from '../../src/host/spawn.ts'

/** The launcher installs and builds when it has to. */
const building = 300_000
const program = resolve('build/cli/main.js')
const elsewhere = mkdtempSync(join(tmpdir(), 'bateau-cli-'))

const bateau = (...words: string[]) =>
  spawnRun(['env', '-C', elsewhere, 'NO_COLOR=1', process.execPath, program, ...words])

beforeAll(async () => {
  expect((await spawnRun(['./bateau', '--version'])).code).toBe(0)
}, building)
afterAll(() => rmSync(elsewhere, { recursive: true }))

it('--version prints the version of package.json and nothing else', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  expect(await bateau('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
})

it('bateau alone shows what there is and the two lines to begin with', async () => {
  const { code, stdout, stderr } = await bateau()
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toContain('./bateau rehearse ')
  await expect(stdout).toMatchFileSnapshot('golden/help.txt')
})

it.each([
  [['pln'], 'Did you mean plan?', './bateau --help'],
  [['plan'], "missing required argument 'file'", './bateau plan --help'],
  [['plan', 'x.yaml', '--jsn'], 'Did you mean --json?', './bateau plan --help'],
  [['plan', 'x.yaml', 'y.yaml'], 'too many arguments', './bateau plan --help'],
  [['rehearse', '--frobnicate'], "unknown option '--frobnicate'", './bateau rehearse --help'],
  [['up'], "missing required argument 'file'", './bateau up --help'],
  [['ssh'], "missing required argument 'name'", './bateau ssh --help'],
  [['down', '--purge-cahce'], 'Did you mean --purge-cache?', './bateau down --help'],
  [['status', 'a', 'b'], 'too many arguments', './bateau status --help'],
  [['class', 'snapshot', '--list', '--delete'], 'cannot be used with', './bateau class snapshot --help'],
  [['class', 'extend', '--days', '3'], 'say who is kept', './bateau class extend --help'],
  [['class', 'boot', '--count', '0'], 'a whole number of at least 1', './bateau class boot --help'],
  [['class', 'usage', '--since', '2027-02-30'], 'a day, as 2027-02-08', './bateau class usage --help'],
  [['plan', 'no-such.yaml'], 'there is no file no-such.yaml', 'ls'],
  [['rehearse', 'no-such.yaml'], 'no-such.yaml', 'ls'],
  [['up', 'no-such.yaml'], 'no-such.yaml', 'ls'],
])('%j is refused with 2, a reason and what to type, and writes nothing', async (words, reason, type) => {
  const { code, stdout, stderr } = await bateau(...words)
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toContain(reason)
  expect(stderr).toContain(type)
  expect(readdirSync(elsewhere)).toEqual([])
})

it('every command shows its help with an example', async () => {
  for (const command of ['plan', 'rehearse', 'up', 'status', 'check', 'ssh', 'down', 'schema']) {
    const { code, stdout } = await bateau(command, '--help')
    expect(code).toBe(0)
    expect(stdout).toMatch(/Examples?\b[\s\S]*\.\/bateau/)
  }
})

it('faults of a course file go to standard error; with --json they are data as well', async () => {
  const course = join(elsewhere, 'course.yaml')
  writeFileSync(course, 'course: {name: demo, titel: Demo}\n')
  const text = await bateau('plan', 'course.yaml')
  expect([text.code, text.stdout]).toEqual([2, ''])
  expect(text.stderr).toMatch(/^course\.yaml:1:\d+ {2}.*titel/m)
  const json = await bateau('plan', 'course.yaml', '--json')
  expect(json.code).toBe(2)
  const { schema_version: version, faults } = JSON.parse(json.stdout) as {
    schema_version: number
    faults: unknown[]
  }
  expect(version).toBe(1)
  expect(faults.length).toBeGreaterThan(1)
  rmSync(course)
})

it('a plan is shown with 0, and with --strict its warnings end it with 3', async () => {
  const course = resolve('examples/clermont-2024.yaml')
  expect((await bateau('plan', course)).code).toBe(0)
  expect((await bateau('plan', course, '--strict')).code).toBe(3)
})

it('--commands prints what would be installed and run, with no secret and no reference left', async () => {
  const { code, stdout } = await bateau('plan', resolve('examples/rehearsal.yaml'), '--commands')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^file {3}\/etc\//m)
  expect(stdout).toMatch(/^run {4}/m)
  expect(stdout).toContain('‹secret ')
  expect(stdout).not.toContain('{{secret:')
})

it('`schema` is JSON Schema', async () => {
  const { code, stdout, stderr } = await bateau('schema')
  expect([code, stderr]).toEqual([0, ''])
  expect(JSON.parse(stdout)).toMatchObject({ $schema: expect.stringContaining('json-schema.org') as string })
})

it('a reader that goes away is no trouble', async () => {
  const script = `set -o pipefail; ${process.execPath} ${program} plan ${resolve('examples/clermont-2024.yaml')} | head -n 1 >/dev/null; echo \${PIPESTATUS[0]}`
  expect(await spawnRun(['bash', '-c', script])).toEqual({ code: 0, stdout: '0\n', stderr: '' })
})

it('docs/exit-codes.md says what the program says', () => {
  const rows = [...readFileSync('docs/exit-codes.md', 'utf8').matchAll(/^\| (\d+) \| (.*) \|$/gm)]
  expect(Object.fromEntries(rows.map(([, code, meaning]) => [code, meaning]))).toEqual(meanings)
})
