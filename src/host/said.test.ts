import { describe, expect, it } from 'vitest'
import type { Progress } from '../core/task.ts'
import { Said } from './said.ts'

const faults = [
  { code: 'no-room', title: 'no room', why: 'it is full', fix: 'make room' },
  { code: 'no-clock', title: 'no clock', why: 'it has none', fix: 'give it one' },
]

function reading(...lines: string[]) {
  const parts: [number, number][] = []
  const progress: Progress = {
    line: () => {},
    part: (...both) => void parts.push(both),
    signal: new AbortController().signal,
  }
  const said = new Said()
  const plain = lines.filter((line) => !said.take(line, progress))
  return { plain, parts, fault: said.fault(faults) }
}

describe('what a command says', () => {
  it('is for people unless it begins with a mark of ours', () => {
    expect(reading('== a heading', '==fault', 'x ==fault no-room', '==parts 1 2').plain).toEqual([
      '== a heading',
      'x ==fault no-room',
      '==parts 1 2',
    ])
  })

  it('tells how far it is, and nothing where that is no number', () => {
    expect(reading('==part 3 12', '==part 4', '==part a b').parts).toEqual([[3, 12]])
  })

  it('names one of its faults, with what was seen', () => {
    expect(reading('==seen 12 MB are free', '==fault no-room').fault).toEqual({
      ...faults[0],
      why: 'it is full\n12 MB are free',
    })
  })

  it('names no fault that is not its own', () => {
    expect(reading('==fault no-such').fault).toBeUndefined()
    expect(reading('all is well').fault).toBeUndefined()
  })
})
