import { expect, it } from 'vitest'
import { typed, usageFault } from './usage.ts'

it('wrong usage says what is wrong, what was probably meant and what to type', () => {
  expect(usageFault("error: unknown command 'pln'\n(Did you mean plan?)\n", './bateau --help')).toBe(
    "bateau: unknown command 'pln'\n   Did you mean plan?\n   Type: ./bateau --help\n",
  )
})

it('a command line is given back so that it can be pasted', () => {
  expect(typed(['rehearse', 'my course.yaml', '--yes'])).toBe("./bateau rehearse 'my course.yaml' --yes")
})
