// Decides how a person is asked yes or no, and who answers when there is none.
// Leaves the question, and what follows from the answer, to the engine room.
import type { Show } from './show.ts'

export type Answers = {
  /** --yes: answer every question with yes. */
  yes: boolean
  /** A person is at the terminal. */
  isAnswered: boolean
  /** The answer where there is neither --yes nor a person. */
  otherwise: boolean
}

/** Says what was answered on a person's behalf, so that a log shows it. */
export async function ask(
  question: string,
  answers: Answers,
  show: Show,
  signal: AbortSignal,
  interrupt: () => void,
): Promise<boolean> {
  if (answers.yes) {
    show.say(`${question} yes (--yes)`)
    return true
  }
  if (!answers.isAnswered) {
    show.say(
      `${question} ${answers.otherwise ? 'yes (no terminal to ask at)' : 'no: nobody to ask; say it with --yes'}`,
    )
    return answers.otherwise
  }
  show.pause()
  const { confirm, isCancel } = await import('@clack/prompts')
  const answer = await confirm({ message: question, output: process.stderr, signal })
  if (!isCancel(answer)) return answer
  interrupt()
  return false
}
