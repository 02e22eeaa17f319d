import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { spawnRun } from '../../src/host/spawn.ts'

const files = {
  'good.test.js':
    "import { expect, it } from 'vitest'\nit('a', () => expect(1).toBe(1))\nit('b', () => {})\n",
  'bad.test.js':
    "import { expect, it } from 'vitest'\nit('c', () => expect(1).toBe(2))\nit.skip('d', () => {})\n",
  'broken.test.js':
    "import { it } from 'vitest'\nthrow new Error('the file itself')\nit('never', () => {})\n",
  'hook.test.js':
    "import { beforeAll, it } from 'vitest'\nbeforeAll(() => { throw new Error('no world') })\nit('e', () => {})\n",
  'stray.test.js':
    "import { it } from 'vitest'\nit('f', () => { void Promise.reject(new Error('nobody waits')) })\n",
}

it('every way to fail is counted: a test, a file, a hook, an error that nobody caught', async () => {
  const tree = mkdtempSync(join(tmpdir(), 'bateau-tally-'))
  try {
    symlinkSync(resolve('node_modules'), join(tree, 'node_modules'))
    const config = `import { Tally } from '${resolve('test/tally.ts')}'\nexport default { test: { reporters: [new Tally('${tree}/tally')] } }\n`
    writeFileSync(join(tree, 'vitest.config.ts'), config)
    for (const [name, text] of Object.entries(files)) writeFileSync(join(tree, name), text)
    const ran = await spawnRun(['env', '-C', tree, 'CI=true', resolve('node_modules/.bin/vitest'), 'run'])
    expect(ran.code).toBe(1)
    const [counts = '', ...failures] = readFileSync(join(tree, 'tally'), 'utf8').trim().split('\n')
    const [passed, failed, skipped] = counts.split(' ').map(Number)
    // a, b and f pass; c, broken, hook and the stray error fail; d, and e behind its hook, did not run
    expect({ passed, failed, skipped }).toEqual({ passed: 3, failed: 4, skipped: 2 })
    expect(failures.toSorted()).toEqual([
      expect.stringMatching(/^bad\.test\.js > c: expected 1 to be 2/),
      'broken.test.js: the file itself',
      expect.stringMatching(/^caught by no test: .*nobody waits/),
      expect.stringMatching(/^hook\.test\.js.*: no world$/),
    ])
  } finally {
    rmSync(tree, { recursive: true })
  }
}, 60_000)

it('a stage that does not exist is said, not passed over', async () => {
  const { code, stderr } = await spawnRun(['bash', 'test/all', 'unti'])
  expect(code).toBe(2)
  expect(stderr).toContain('no stage unti')
})
