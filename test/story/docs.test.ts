import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { expect, it } from 'vitest'
import type { Answer, Context } from '../../src/cli/context.ts'
import { run } from '../../src/cli/program.ts'
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

it('every page is linked from the README', () => {
  const names = readdirSync('docs').filter((name) => name.endsWith('.md'))
  expect(names.filter((name) => !readme.includes(`(docs/${name})`))).toEqual([])
})

it('every decision is in the index, by its number and none left out', () => {
  const index = readFileSync('docs/decisions/README.md', 'utf8')
  const listed = [...index.matchAll(/^\| (\d{3}) \| \[.*\]\((.*)\) \|$/gm)]
  const decisions = readdirSync('docs/decisions').filter((name) => /^\d{3}-.*\.md$/.test(name))
  expect(listed.map(([, , name]) => name)).toEqual(decisions.toSorted())
  expect(listed.map(([, number]) => Number(number))).toEqual(decisions.map((_, i) => i + 1))
})

it('every command of the program is in the README', () => {
  for (const command of readdirSync('src/cli/command'))
    expect(readme).toContain(`bateau ${command.replace('.ts', '')}`)
})

type Make = (context: Context, answer: Answer) => CommandUnknownOpts

/** By the words that lead to each: `plan`, `class plan`. Only actions look at the context. */
const commands = new Map(
  (
    await Promise.all(
      readdirSync('src/cli/command').map(async (file) => {
        const module = (await import(`../../src/cli/command/${file}`)) as Record<string, Make>
        return Object.values(module).map((make) => make({} as Context, () => {}))
      }),
    )
  )
    .flat()
    .flatMap((one) => [
      [one.name(), one] as const,
      ...one.commands.map((sub) => [`${one.name()} ${sub.name()}`, sub] as const),
    ]),
)

/** Command lines as a page has them: after `./bateau`, or in code that begins with `bateau`; up to what is no part of it. */
const typed = (text: string) =>
  [...text.matchAll(/(?:\.\/|`|^\$ )bateau ([a-z][^`\n]*)/gm)].map(([, line = '']) =>
    (/^.*?(?=$| {2}| -- |[|&#>;,:…)])/.exec(line)?.[0] ?? line).split(/\s+/).filter(Boolean),
  )

it('every command line in the documentation is one: its command and its options are there', () => {
  const odd = pages.flatMap((page) =>
    typed(readFileSync(page, 'utf8')).flatMap((words) => {
      const [first = '', second = ''] = words
      const name = first === 'class' && /^[a-z]/.test(second) ? `${first} ${second}` : first
      const command = commands.get(name)
      if (command === undefined) return [`${page}: no command ${name}`]
      return words
        .filter((word) => /^--?[a-z]/.test(word) && !['--help', '-h'].includes(word))
        .filter((word) => !command.options.some(({ short, long }) => [short, long].includes(word)))
        .map((word) => `${page}: ${name} has no option ${word}`)
    }),
  )
  expect(commands.size).toBeGreaterThan(20)
  expect(odd).toEqual([])
})

it('the table of commands in the README has every command of the class, and no other', () => {
  const cells = [...readme.matchAll(/^\| `bateau class ([^|]*)/gm)].map(([, cell = '']) => cell)
  const told = cells.flatMap((cell) => cell.match(/[a-z]+/g) ?? [])
  const there = [...commands.keys()].flatMap((name) => (name.startsWith('class ') ? [name.slice(6)] : []))
  expect(told.toSorted()).toEqual(there.toSorted())
})

it('every command of the class shows an example of itself', async () => {
  for (const name of [...commands.keys()].filter((one) => one.startsWith('class'))) {
    let help = ''
    const write = (text: string) => ((help += text), true)
    const terminal = { out: { write }, err: { write }, hasColour: { out: false, err: false } }
    await run([...name.split(' '), '--help'], { terminal, version: '' } as unknown as Context)
    expect(help).toMatch(new RegExp(`Examples:\\n {2}\\./bateau ${name}`))
  }
})
