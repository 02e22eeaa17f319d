// Decides which findings a local.conf has: every rule, on every file, and a verdict for each line that sets something.
// Leaves reading files to deploy/lint, and the text to the faces.
import { isAccepted } from './accept.ts'
import { type Draft, type Finding, type Rule, verdicts } from './finding.ts'
import { givenOf, type LintOptions } from './given.ts'
import { rightLines } from './right.ts'
import { addressRules } from './rules/addresses.ts'
import { agentRules } from './rules/agents.ts'
import { booleanRules } from './rules/booleans.ts'
import { branchRules } from './rules/branches.ts'
import { duplicateRules } from './rules/duplicates.ts'
import { effectRules } from './rules/effects.ts'
import { exposureRules } from './rules/exposure.ts'
import { formRules } from './rules/form.ts'
import { guestRules } from './rules/guests.ts'
import { kindRules } from './rules/kinds.ts'
import { nameRules } from './rules/names.ts'
import { passwordRules } from './rules/passwords.ts'
import { prefixRules } from './rules/prefixes.ts'
import { redundancyRules } from './rules/redundant.ts'
import { serviceRules } from './rules/services.ts'
import { shapeRules } from './rules/shape.ts'
import type { LocalConf } from './statement.ts'

const rules: readonly Rule[] = [
  ...formRules,
  ...shapeRules,
  ...nameRules,
  ...kindRules,
  ...booleanRules,
  ...duplicateRules,
  ...passwordRules,
  ...addressRules,
  ...prefixRules,
  ...agentRules,
  ...guestRules,
  ...exposureRules,
  ...serviceRules,
  ...branchRules,
  ...effectRules,
  ...redundancyRules,
]

const weight = (draft: Draft) => verdicts.indexOf(draft.verdict)

/** In the order of the file, the worst of a line first; what is missing comes last. */
export function lintLocalConf(conf: LocalConf, options: LintOptions): Finding[] {
  const given = givenOf(conf, options)
  const found = rules.flatMap((rule) => rule(given)).filter((draft) => !isAccepted(conf, draft))
  const kept = found.filter((draft) => !isShadowed(draft, found))
  return [...kept, ...rightLines(given, kept)]
    .sort((a, b) => place(a) - place(b) || a.column - b.column || weight(a) - weight(b))
    .map((draft) => ({ file: conf.name, ...draft }))
}

const place = (draft: Draft) => (draft.column === 0 ? Number.MAX_SAFE_INTEGER : draft.line)

/** That a line is superfluous is not said beside what is wrong with it. */
function isShadowed(draft: Draft, all: readonly Draft[]): boolean {
  if (draft.verdict !== 'redundant' && draft.verdict !== 'no-effect') return false
  return all.some(
    (other) => other.line === draft.line && other.column === draft.column && weight(other) < weight(draft),
  )
}

/** Nothing is to be done about these. */
export const isHarmless = ({ verdict }: Finding): boolean => verdict === 'right' || verdict === 'redundant'
