import { expect, it } from 'vitest'
import { ask } from './ask.ts'
import type { Show } from './show.ts'

async function asked(answers: { yes: boolean; otherwise: boolean }) {
  const said: string[] = []
  const show: Show = { event() {}, say: (text) => void said.push(text), tick() {}, pause() {} }
  const never = new AbortController().signal
  const answer = await ask('Install 3 packages?', { ...answers, isAnswered: false }, show, never, () => {})
  return { answer, said: said.join() }
}

it('--yes answers yes, and the log shows it', async () => {
  expect(await asked({ yes: true, otherwise: false })).toEqual({
    answer: true,
    said: 'Install 3 packages? yes (--yes)',
  })
})

it('without a person a rehearsal goes on', async () => {
  const { answer, said } = await asked({ yes: false, otherwise: true })
  expect(answer).toBe(true)
  expect(said).toContain('no terminal')
})

it('without a person nothing is done to rented servers, and the way to do it is said', async () => {
  const { answer, said } = await asked({ yes: false, otherwise: false })
  expect(answer).toBe(false)
  expect(said).toContain('--yes')
})
