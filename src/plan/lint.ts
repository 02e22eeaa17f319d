// Decides which findings a draft has: every rule, on every plan.
// Leaves refusing to whoever carries the plan out: errors refuse.
import type { Draft, Finding, Rule, Severity } from './draft.ts'
import {
  blockUnusable,
  gatewayNotHost,
  overlap,
  ownMoved,
  ownTooMany,
  poolTooSmall,
  sharedBlock,
  slaacLength,
  unroutable,
  uplinkInBridge,
} from './rules/address-rules.ts'
import {
  diskShort,
  groupSplit,
  lessThanSaid,
  memoryShort,
  processorsShort,
  rotationalDisk,
  sizeUnknown,
  volumeOnLocalDisk,
} from './rules/capacity-rules.ts'
import { seatsShort, seatsUnknown } from './rules/cloud-rules.ts'
import { mailWithoutAddress, routerCrowded } from './rules/class-rules.ts'
import {
  acceptable,
  acceptsUnknown,
  budgetExceeded,
  courseOver,
  devstackWithoutGit,
  engineUnfit,
  innerPortOpen,
  prices,
} from './rules/course-rules.ts'
import {
  clientUnfit,
  duidLooks,
  nextHopOutside,
  onLinkLimits,
  servesNobody,
  slaacSwitch,
  unlikeProvider,
} from './rules/delivery-rules.ts'

const rules: readonly Rule[] = [
  rotationalDisk,
  memoryShort,
  processorsShort,
  diskShort,
  volumeOnLocalDisk,
  sizeUnknown,
  lessThanSaid,
  groupSplit,
  seatsShort,
  seatsUnknown,
  servesNobody,
  onLinkLimits,
  nextHopOutside,
  clientUnfit,
  unlikeProvider,
  slaacSwitch,
  duidLooks,
  blockUnusable,
  unroutable,
  overlap,
  slaacLength,
  gatewayNotHost,
  uplinkInBridge,
  sharedBlock,
  poolTooSmall,
  ownMoved,
  ownTooMany,
  courseOver,
  budgetExceeded,
  prices,
  devstackWithoutGit,
  engineUnfit,
  innerPortOpen,
  mailWithoutAddress,
  routerCrowded,
  acceptsUnknown,
]

const weight: Record<Severity, number> = { error: 0, warning: 1, info: 2 }

/** Errors first, then in the order of the file. An accepted error is a warning that says so. */
export function lint(draft: Draft): Finding[] {
  return rules
    .flatMap((rule) => rule(draft))
    .map((finding) =>
      isAccepted(draft, finding)
        ? { ...finding, severity: 'warning' as const, title: `${finding.title} (accepted)` }
        : finding,
    )
    .sort((a, b) => weight[a.severity] - weight[b.severity] || (a.where?.line ?? 0) - (b.where?.line ?? 0))
}

function isAccepted(draft: Draft, finding: Finding): boolean {
  return (
    finding.severity === 'error' &&
    draft.course.accept.includes(finding.code) &&
    acceptable.some((code) => code === finding.code)
  )
}
