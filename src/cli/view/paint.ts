// Decides which meaning has which colour and mark.
// Leaves whether there is colour at all to the terminal and NO_COLOR.
import { styleText } from 'node:util'
import type { EventBody } from '../../run/events.ts'

type Style = Parameters<typeof styleText>[0]
type Verdict = Extract<EventBody, { type: 'check.result' }>['verdict']
type Meaning = 'good' | 'bad' | 'unsure' | 'quiet' | 'strong' | 'active'

const styles: Record<Meaning, Style> = {
  good: 'green',
  bad: 'red',
  unsure: 'yellow',
  quiet: 'dim',
  strong: 'bold',
  active: 'cyan',
}

export type Paint = (meaning: Meaning, text: string) => string

export function painter(hasColour: boolean): Paint {
  return (meaning, text) => (hasColour ? styleText(styles[meaning], text, { validateStream: false }) : text)
}

/** Marks differ in shape, so that they can be told apart without colour. */
export const verdicts: Record<Verdict, { mark: string; meaning: Meaning }> = {
  yes: { mark: '✓', meaning: 'good' },
  no: { mark: '✗', meaning: 'bad' },
  'could-not-check': { mark: '?', meaning: 'unsure' },
}
