// Decides how the recorded table is written as a file of the project.
// Leaves its contents to engine/devstack/names.
import type { Cite } from '../../src/engine/devstack/names/cite.ts'
import type { Recorded } from '../../src/engine/devstack/names/table.ts'

export function tableText(table: Recorded, cited: Record<Cite, readonly (number | null)[]>): string {
  const literal = (text: string) => {
    if (/[`\\]|\$\{/.test(text)) throw new Error(`not to be written in a template: ${text}`)
    return `\`\n${text}\n\``
  }
  return `// Decides nothing: what DevStack reads, as \`npm run devstack\` found it in checkouts of the commits below.
// Leaves reading it to table. Over 400 lines, because each name has one; not to be edited by hand.
import type { Cite } from './cite.ts'
import type { Recorded } from './table.ts'

export const recorded: Recorded = {
  commits: ${JSON.stringify(table.commits)},
  files: ${literal(table.files)},
  names: ${literal(table.names)},
  services: ${literal(table.services)},
}

/** Line of each cited place, a release a column as in release.ts; null where it is not there. */
export const cited = {
${Object.entries(cited)
  .map(([name, lines]) => `  ${name}: [${lines.map(String).join(', ')}],`)
  .join('\n')}
} satisfies Record<Cite, readonly (number | null)[]>
`
}
