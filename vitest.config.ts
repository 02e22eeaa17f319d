import { defineConfig } from 'vitest/config'
import { Tally } from './test/tally.ts'

const tally = process.env['BATEAU_TALLY']

/** `unit` needs nothing; `edge`, `ways`, `drills` and `stack` need root, namespaces and apt; `voyage` is the whole rehearsal. */
export default defineConfig({
  test: {
    // As many as there are cores; vitest leaves one free, which is half of a small machine.
    maxWorkers: '100%',
    reporters: tally ? ['default', new Tally(tally)] : ['default'],
    projects: [
      {
        test: { name: 'unit', include: ['src/**/*.test.ts', 'test/story/**/*.test.ts'], testTimeout: 30_000 },
      },
      {
        test: {
          name: 'edge',
          include: ['test/edge/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'ways',
          include: ['test/ways/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'voyage',
          include: ['test/voyage/**/*.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'drills',
          include: ['drills/*.drill.ts'],
          fileParallelism: false,
          // Servers wait for their turn by themselves; each has its own drills one after the other.
          maxConcurrency: 32,
        },
      },
      {
        test: {
          name: 'stack',
          include: ['test/stack/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 600_000,
        },
      },
      { test: { name: 'devstack', include: ['test/devstack/*.devstack.ts'] } },
      { test: { name: 'bench', include: ['bench/*.ts'] } },
    ],
  },
})
