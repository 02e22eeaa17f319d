// Decides how the steps of a host are printed: every file whole, every command as it can be typed, secrets as their names.
// Leaves the steps to deploy/.
import { Secret, resolve } from '../../core/secret.ts'
import type { Command, HostStep, RenderedFile } from '../../core/step.ts'
import { quote } from '../../host/quote.ts'
import { count } from './words.ts'

/** All steps of one host, in the order they are carried out. No final newline. */
export function stepsText(host: string, steps: readonly HostStep[]): string {
  const head = `# ${host}: ${count(steps.length, 'step')}`
  return [head, ...steps.map((step, i) => stepText(step, i + 1))].join('\n\n')
}

function stepText(step: HostStep, number: number): string {
  const head = `## ${number}. ${step.title}  (${step.id})\n${indent(step.because, '   ')}`
  return [
    head,
    ...step.files.map(fileText),
    ...step.run.map((command) => commandText('run', command)),
    ...step.verify.map((command) => commandText('verify', command)),
  ].join('\n')
}

function fileText(file: RenderedFile): string {
  return `file   ${file.path}  ${file.mode} ${file.owner}\n${indent(masked(file.text), '     | ')}`
}

function commandText(word: 'run' | 'verify', { argv, stdin, idleSeconds }: Command): string {
  const limit = idleSeconds === undefined ? '' : `   (given up after ${idleSeconds} s without a line)`
  const line = `${word.padEnd(6)} ${masked(quote(argv))}${limit}`
  return stdin === undefined ? line : `${line}\n${indent(masked(stdin), '     < ')}`
}

/** The same text with its secret references replaced by their names in a mask, for people. */
export function masked(text: string): string {
  return resolve(text, { get: (name) => new Secret(`‹secret ${name}›`) })
}

function indent(text: string, by: string): string {
  return text.trimEnd().replaceAll(/^/gm, by).replaceAll(/[ ]+$/gm, '')
}
