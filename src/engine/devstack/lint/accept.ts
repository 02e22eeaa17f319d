// Decides how a file says that its author knows a finding and takes it: a comment `# bateau: accept CODE…`.
// Leaves which codes there are to the rules.
import type { Draft } from './finding.ts'
import type { LocalConf } from './statement.ts'

const pattern = /#\s*bateau:\s*accept\s+([\w, -]+)/

/** On a line of its own it is for the whole file; behind a line, for that line. */
export function isAccepted(conf: LocalConf, draft: Draft): boolean {
  return conf.statements.some((statement) => {
    const codes = pattern.exec(statement.text)?.[1]?.split(/[\s,]+/)
    if (!codes?.includes(draft.code)) return false
    return statement.kind === 'comment' || statement.line === draft.line
  })
}
