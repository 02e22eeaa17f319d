import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { readCourse } from '../../src/course/load.ts'

const readme = readFileSync('README.md', 'utf8')
const pages = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((name) => join('docs', name)),
].filter((path) => path.endsWith('.md'))

it('the course file in the README is sound, and has at most 22 lines', () => {
  const text = /```yaml\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  const course = readCourse('README.md', text, {
    readFile: () => {
      throw new Error('it names no other file')
    },
  })
  expect(course).toMatchObject({ ok: true })
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(22)
})

it('every link inside the documentation leads somewhere', () => {
  const broken = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
      .map(([, target = '']) => join(dirname(page), target))
      .filter((target) => !existsSync(target))
      .map((target) => `${page}: ${target}`),
  )
  expect(broken).toEqual([])
})

it('every decision is in the index', () => {
  const index = readFileSync('docs/decisions/README.md', 'utf8')
  const decisions = readdirSync('docs/decisions').filter((name) => /^\d{3}-.*\.md$/.test(name))
  expect(decisions.filter((name) => !index.includes(`(${name})`))).toEqual([])
})

it('every command of the program is in the README', () => {
  for (const command of readdirSync('src/cli/command'))
    expect(readme).toContain(`bateau ${command.replace('.ts', '')}`)
})
