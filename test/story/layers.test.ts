import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { spawnRun } from '../../src/host/spawn.ts'

/** A file, what it imports, and the rule that forbids it. */
const files: readonly [path: string, text: string, rule?: string][] = [
  ['src/core/value.ts', 'export type Fault = string\nexport const fault = 1\n'],
  ['src/cli/face.ts', 'export type Paint = string\nexport const paint = 1\n'],
  ['src/plan/below.ts', "import '../core/value.ts'\n"],
  ['src/cli/everything.ts', "import '../deploy/up.ts'\nimport '../plan/below.ts'\n"],
  ['src/core/up.ts', "import '../plan/below.ts'\n", 'layers-core'],
  [
    'src/course/type-only.ts',
    "import type { Paint } from '../cli/face.ts'\nexport type X = Paint\n",
    'layers-course',
  ],
  ['src/engine/sideways.ts', "import '../host/spawn.ts'\n", 'layers-engine'],
  ['src/run/lazy.ts', "await import('../cli/face.ts')\n", 'layers-run'],
  ['src/deploy/up.ts', "import '../cli/face.ts'\n", 'layers-deploy'],
  ['src/misc/no-row.ts', "import '../core/value.ts'\n", 'rooms-have-a-row'],
  ['src/host/spawn.ts', "import 'node:child_process'\n"],
  ['src/host/another.ts', "import 'node:child_process'\n", 'one-file-spawns'],
  ['src/core/circle.ts', "import './round.ts'\n", 'no-circle'],
  ['src/core/round.ts', "import './circle.ts'\n"],
  ['src/core/nowhere.ts', "import './nothing.ts'\n", 'no-unknown-module'],
  ['src/core/undeclared.ts', "import 'vitest'\n", 'no-undeclared-package'],
]

it('the gate sees every way a room can reach past its row, and nothing where there is none', async () => {
  const tree = mkdtempSync(join(tmpdir(), 'bateau-layers-'))
  try {
    writeFileSync(join(tree, 'package.json'), '{"type": "module"}')
    symlinkSync(resolve('node_modules'), join(tree, 'node_modules'))
    for (const [path, text] of files) {
      mkdirSync(dirname(join(tree, path)), { recursive: true })
      writeFileSync(join(tree, path), text)
    }
    const tool = resolve('node_modules/.bin/depcruise')
    const config = resolve('.dependency-cruiser.cjs')
    const ran = await spawnRun(['env', '-C', tree, tool, '--config', config, 'src'])
    const seen = [...ran.stdout.matchAll(/error ([\w-]+): (\S+)/g)].map(([, rule, from]) => `${from} ${rule}`)
    expect(seen.toSorted()).toEqual(
      files.flatMap(([path, , rule]) => (rule === undefined ? [] : [`${path} ${rule}`])).toSorted(),
    )
    expect(ran.code).toBeGreaterThan(0)
  } finally {
    rmSync(tree, { recursive: true })
  }
})
