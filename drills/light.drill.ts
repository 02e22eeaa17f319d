// Every light drill: the cause is named rightly, nothing else is blamed, it is mended or handed to a person, and traffic is back.
// Servers stand side by side, each with its own drills in turn.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Stand, standDown, standUp } from './berth.ts'
import type { Drill } from './drill.ts'
import { lightDrills } from './light.ts'
import { type Outcome, runDrill } from './run.ts'
import { printTable, writeTable } from './table.ts'

const named = (process.env['BATEAU_DRILLS'] ?? '').split(' ').filter((name) => name !== '')
const wanted = lightDrills.filter(({ fault }) => named.length === 0 || named.includes(fault))
const unknown = named.filter((name) => !lightDrills.some(({ fault }) => fault === name))
if (unknown.length > 0)
  throw new Error(
    `no drill ${unknown.join(', ')}; there are: ${lightDrills.map(({ fault }) => fault).join(' ')}`,
  )

let stands = new Map<string, Stand>()
const done: [Drill, Outcome][] = []

beforeAll(async () => {
  const clock = wanted.filter(({ fault }) => fault === 'clock-jumped')
  const names = (drills: readonly Drill[]) => new Set(drills.map(({ on }) => on))
  stands = await standUp({ names: names(wanted), movable: names(clock) })
}, 900_000)
afterAll(async () => {
  printTable(done)
  const [first] = stands.values()
  if (process.env['BATEAU_DRILLS_WRITE'] && named.length === 0 && first)
    await writeTable('light', done, first.shell)
  await standDown(stands.values())
}, 120_000)

for (const on of new Set(wanted.map((drill) => drill.on)))
  describe.concurrent(`on ${on}`, () => {
    for (const drill of wanted.filter((one) => one.on === on))
      it.sequential(drill.fault, { timeout: (3 * drill.limit + 420) * 1_000 }, async () => {
        const stand = stands.get(on)
        if (!stand) throw new Error(`${on} does not stand`)
        const outcome = await runDrill(drill, stand)
        done.push([drill, outcome])
        const right = [drill.code ?? [], drill.alsoRight ?? []].flat()
        expect(
          outcome.named.filter((code) => !right.includes(code)),
          `blamed wrongly; ${outcome.story}`,
        ).toEqual([])
        if (drill.code !== null && !(drill.fleeting && outcome.named.length === 0))
          expect(outcome.named, outcome.story).toContain(drill.code)
        if (outcome.checked)
          expect(outcome.checked, `what check says; ${outcome.story}`).toEqual([drill.code])
        if (drill.mendedBy === 'person') expect(outcome.advice).toMatch(drill.advice ?? /./)
      })
  })
