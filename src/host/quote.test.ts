import fc from 'fast-check'
import { expect, it } from 'vitest'
import { quote } from './quote.ts'
import { spawnRun } from './spawn.ts'

it('a real shell gives back exactly what was quoted', async () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((s) => !s.includes('\0'))
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 4 }), async (args) => {
      const ran = await spawnRun(['sh', '-c', `printf '%s\\0' ${quote(args)}`])
      expect(ran.stdout.split('\0').slice(0, -1)).toEqual(args)
    }),
    { numRuns: 60 },
  )
})

it('ordinary words stay readable', () => {
  expect(quote(['systemctl', 'is-active', 'nova-api@1.service'])).toBe(
    'systemctl is-active nova-api@1.service',
  )
  expect(quote(['sh', '-c', `echo "it's"`])).toBe(`sh -c 'echo "it'\\''s"'`)
})
