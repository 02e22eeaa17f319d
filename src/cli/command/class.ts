// Decides which commands `bateau class` has.
// Leaves each to its file in cli/class.
import { Command } from '@commander-js/extra-typings'
import { classDnsCommand } from '../class/dns.ts'
import { classStatusCommand } from '../class/status.ts'
import { classUnlockCommand } from '../class/unlock.ts'
import type { Answer, Context } from '../context.ts'

export function classCommand(context: Context, answer: Answer) {
  const command = new Command('class').description(
    'the students of the course in their clouds: enrol, help, reset, close; one command a deed',
  )
  for (const make of [classStatusCommand, classUnlockCommand, classDnsCommand])
    command.addCommand(make(context, answer))
  return command
}
