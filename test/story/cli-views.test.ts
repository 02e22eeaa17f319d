import { expect, it } from 'vitest'
import { jsonShow, liveShow, plainShow, type Show } from '../../src/cli/show.ts'
import type { Terminal } from '../../src/cli/terminal.ts'
import { frame } from '../../src/cli/view/live.ts'
import { painter } from '../../src/cli/view/paint.ts'
import { emptyScene, next } from '../../src/cli/view/scene.ts'
import { runEvent } from '../../src/run/events.ts'
import { eventOf, script, timeOf } from './run-script.ts'

const plain = painter(false)
const again = './bateau rehearse demo.yaml'

/** A terminal whose two streams are kept apart, and also in the order of writing. */
function stage(columns = 80) {
  const written = { out: '', err: '', both: '' }
  let second = 0
  const stream = (to: 'out' | 'err') => ({
    columns,
    rows: 24,
    isTTY: false,
    write(text: string) {
      written[to] += text
      written.both += text
    },
  })
  const terminal: Terminal = {
    out: stream('out'),
    err: stream('err'),
    isAnswered: false,
    isLive: false,
    hasColour: { out: false, err: false },
    now: () => timeOf(second),
    cwd: '/course',
    home: '/bateau',
  }
  const play = (show: Show) => {
    for (const [at, body] of script) {
      for (; second < at; second++) show.tick()
      if (body) show.event(eventOf(at, body))
    }
  }
  return { terminal, written, play }
}

it('without a terminal a run is a log, with a sign of life every five seconds', async () => {
  const { terminal, written, play } = stage()
  play(plainShow(terminal, plain, again))
  await expect(written.both).toMatchFileSnapshot('golden/run-plain.txt')
  expect(written.out).toBe('demo: 1 server, 4 students, 8 instances\n1 yes, 1 no, 1 could not check\n')
})

it('colours change nothing but colours', () => {
  const bare = stage()
  bare.play(plainShow(bare.terminal, plain, again))
  const coloured = stage()
  coloured.play(plainShow(coloured.terminal, painter(true), again))
  expect(coloured.written.both).toContain('\u001B[')
  // oxlint-disable-next-line no-control-regex -- escapes are what is looked for
  expect(coloured.written.both.replaceAll(/\u001B\[\d+m/g, '')).toBe(bare.written.both)
})

it('--json puts events and nothing else on standard output', async () => {
  const { terminal, written, play } = stage()
  const show = jsonShow(terminal)
  play(show)
  show.say('for a person')
  expect(written.err).toBe('for a person\n')
  const lines = written.out.trimEnd().split('\n')
  for (const line of lines) expect(runEvent.parse(JSON.parse(line))).toBeTruthy()
  await expect(written.out).toMatchFileSnapshot('golden/run-events.ndjson')
})

it.each([
  [80, 24],
  [40, 24],
  [80, 6],
])('on a terminal of %d columns and %d rows the steps at work fit', async (columns, rows) => {
  let scene = emptyScene
  const frames: string[] = []
  for (const [at, body] of script) {
    if (body) scene = next(scene, eventOf(at, body))
    const text = frame(scene, timeOf(at), { columns, rows }, plain)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns)
    expect(text.split('\n').length).toBeLessThan(rows)
    const named = `--- ${at} s\n${text}`
    if (text !== '' && named !== frames.at(-1)) frames.push(named)
  }
  await expect(`${frames.join('\n')}\n`).toMatchFileSnapshot(`golden/frames-${columns}x${rows}.txt`)
})

it('what stays on a terminal is what a log has, without the signs of life', () => {
  const live = stage()
  live.play(liveShow(live.terminal, plain, again))
  const log = stage()
  log.play(plainShow(log.terminal, plain, again))
  for (const line of log.written.both.split('\n'))
    if (!line.startsWith('  … ')) expect(live.written.both).toContain(line)
  expect(live.written.out).toBe(log.written.out)
})
