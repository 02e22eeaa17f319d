import { expect, it } from 'vitest'
import { painter } from '../../src/cli/view/paint.ts'
import { lintJson, lintText } from '../../src/cli/view/lint.ts'
import { lintFile, type Linted } from '../../src/deploy/lint.ts'
import { releases } from '../../src/engine/devstack/release.ts'

const teacher = (release: (typeof releases)[number]): Linted => {
  const named = 'test/story/local-conf/teacher.conf'
  const linted = lintFile({ file: named, named, release, fix: false })
  if (!linted.ok) throw new Error(JSON.stringify(linted.faults))
  return linted.value
}

it.each(releases)("what a person reads of the teacher's file, for %s", async (release) => {
  const text = lintText(teacher(release), { all: release === '2025.1', because: '' }, painter(false))
  expect(text).not.toContain('Xq7Lm2Rt9Bk4')
  await expect(text).toMatchFileSnapshot(`local-conf/teacher-${release}.txt`)
})

it('what a program reads of it', async () => {
  const text = `${JSON.stringify(lintJson(teacher('2025.1')), null, 2)}\n`
  expect(text).not.toContain('Xq7Lm2Rt9Bk4')
  await expect(text).toMatchFileSnapshot('local-conf/teacher.json')
})
