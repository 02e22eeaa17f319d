import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { Canvas } from './canvas.ts'

/** As much of a terminal as the canvas needs: rows that scroll away at the bottom, moves that stop at the edges. */
class Emulator {
  readonly #rows: number
  readonly lines: string[] = ['']
  #row = 0
  isCursorShown = true

  constructor(rows: number) {
    this.#rows = rows
  }

  write(text: string): void {
    // oxlint-disable-next-line no-control-regex -- escapes are what is looked for
    for (const [part] of text.matchAll(/\u001B\[\??\d*[A-Za-z]|\n|\r|[^\u001B\n\r]+/g)) this.#take(part)
  }

  #take(part: string): void {
    const top = Math.max(0, this.lines.length - this.#rows)
    if (part === '\n') {
      this.#row++
      if (this.#row === this.lines.length) this.lines.push('')
    } else if (part.endsWith('A')) {
      this.#row = Math.max(top, this.#row - Number(part.slice(2, -1)))
    } else if (part === '\u001B[0J') {
      this.lines.length = this.#row + 1
      this.lines[this.#row] = ''
    } else if (part === '\u001B[?25l' || part === '\u001B[?25h') {
      this.isCursorShown = part.endsWith('h')
    } else if (part !== '\r' && !part.startsWith('\u001B')) {
      this.lines[this.#row] += part
    }
  }
}

const line = fc.stringMatching(/^[a-z]{1,8}$/)
const frame = fc.array(line, { maxLength: 5 })
const moves = fc.array(fc.record({ stay: fc.array(line, { maxLength: 4 }), frame }), { maxLength: 30 })

it('whatever is drawn, the lines that stay all stay, in order, with the last block below them', () => {
  fc.assert(
    fc.property(moves, fc.integer({ min: 6, max: 12 }), (script, rows) => {
      const screen = new Emulator(rows)
      const canvas = new Canvas(screen)
      const stayed: string[] = []
      let last: string[] = []
      for (const move of script) {
        if (move.stay.length > 0) canvas.draw('')
        for (const text of move.stay) screen.write(`${text}\n`)
        stayed.push(...move.stay)
        canvas.draw(move.frame.join('\n'))
        last = move.frame
      }
      expect(screen.lines).toEqual([...stayed, ...last, ''])
      expect(screen.isCursorShown).toBe(last.length === 0)
    }),
  )
})

it('a block that did not change is not written again', () => {
  const written: string[] = []
  const canvas = new Canvas({ write: (text) => written.push(text) })
  canvas.draw('same')
  canvas.draw('same')
  expect(written).toHaveLength(1)
})
