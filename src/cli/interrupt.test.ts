import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { onInterrupt } from './interrupt.ts'

function stage() {
  const said: string[] = []
  const exits: number[] = []
  const emitter = new EventEmitter()
  const process = Object.assign(emitter, { exit: (code: number) => void exits.push(code) })
  const stop = onInterrupt(process, (text) => said.push(text), './bateau rehearse')
  return { said, exits, emitter, stop }
}

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('a first %s stops the run and says how to continue', (signal) => {
  const { said, exits, emitter, stop } = stage()
  emitter.emit(signal)
  expect(stop.signal.aborted).toBe(true)
  expect(exits).toEqual([])
  expect(said.join('\n')).toContain('./bateau rehearse')
})

it('a second one ends the process with 130', () => {
  const { exits, emitter } = stage()
  emitter.emit('SIGINT')
  emitter.emit('SIGINT')
  expect(exits).toEqual([130])
})

it('after the run the signals are the process’s own again', () => {
  const { emitter, stop } = stage()
  stop.release()
  expect(emitter.eventNames()).toEqual([])
})
