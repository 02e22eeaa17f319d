// Decides how a block of lines at the bottom of a terminal is drawn over itself, and how lines that stay go above it.
// Leaves what is drawn to live.

/** What a canvas draws on. */
type Screen = { write(text: string): unknown }

/** Control functions of ECMA-48 and of xterm (ctlseqs): cursor visibility, wrapping at the margin, synchronised output. */
const csi = '\u001B['
const control = {
  up: (lines: number) => (lines > 0 ? `${csi}${lines}A` : ''),
  eraseBelow: `${csi}0J`,
  hideCursor: `${csi}?25l`,
  showCursor: `${csi}?25h`,
  wrapOff: `${csi}?7l`,
  wrapOn: `${csi}?7h`,
  begin: `${csi}?2026h`,
  end: `${csi}?2026l`,
}

/**
 * A block that is redrawn whole, in one write. Wrapping is off meanwhile, so a line is a row however wide its signs are
 * and the block can always be found again; it must have fewer lines than the screen has rows.
 */
export class Canvas {
  readonly #screen: Screen
  #drawn = ''

  constructor(screen: Screen) {
    this.#screen = screen
  }

  /** Replaces the block. Empty text takes it away and gives the cursor back. */
  draw(text: string): void {
    if (text === this.#drawn) return
    if (text === '') {
      this.#screen.write(`${this.#erase()}${control.showCursor}`)
    } else {
      const hide = this.#drawn === '' ? control.hideCursor : ''
      this.#screen.write(
        `${control.begin}${hide}${this.#erase()}${control.wrapOff}${text}\n${control.wrapOn}${control.end}`,
      )
    }
    this.#drawn = text
  }

  #erase(): string {
    return this.#drawn === '' ? '' : `\r${control.up(this.#drawn.split('\n').length)}${control.eraseBelow}`
  }
}
