// Decides how a wrong command line is answered: what is wrong, what was probably meant, what to type.
// Leaves noticing it to commander.
import { quote } from '../host/quote.ts'

/** Commander's `error: …` line in bateau's form. `help` is the command that shows more. */
export function usageFault(message: string, help: string): string {
  const [first = '', ...rest] = message.trimEnd().split('\n')
  const what = first.replace(/^error: /, '')
  const hints = rest
    .filter((line) => line.trim() !== '')
    .map((line) => `   ${line.replace(/^\((.*)\)$/, '$1')}`)
  return [`bateau: ${what}`, ...hints, `   Type: ${help}`, ''].join('\n')
}

/** A command line as a person can type it again. */
export function typed(words: readonly string[]): string {
  return quote(['./bateau', ...words])
}
