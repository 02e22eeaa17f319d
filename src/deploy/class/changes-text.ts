// Decides how what there is to do for the class is shown.
// Leaves what there is to do to classroom/reconcile.
import type { Change, ChangeKind } from '../../classroom/reconcile.ts'

const signs: Record<ChangeKind, string> = {
  make: '+',
  change: '~',
  reopen: '^',
  stuck: '!',
  close: '-',
  wait: '.',
  delete: 'x',
}
const words: Record<ChangeKind, string> = {
  make: 'to make',
  change: 'to change',
  reopen: 'to open again',
  stuck: 'in the way',
  close: 'to close',
  wait: 'kept for now',
  delete: 'to delete',
}
const kinds = Object.keys(signs) as ChangeKind[]

export type OfCloud = { cloud: string; changes: readonly Change[]; kept: number }

export function changesText(clouds: readonly OfCloud[]): string {
  return clouds
    .flatMap(({ cloud, changes, kept }) => [
      `${cloud}: ${[...counts(changes), `${kept} as they should be`].join(', ')}`,
      ...changes.map(lineOf),
    ])
    .join('\n')
}

function counts(changes: readonly Change[]): string[] {
  return kinds.flatMap((kind) => {
    const count = changes.filter((one) => one.kind === kind).length
    return count === 0 ? [] : [`${count} ${words[kind]}`]
  })
}

export function lineOf({ kind, what, group, because, parts }: Change): string {
  const where = group === null ? '' : `  ${group}`
  const tail =
    parts.length === 0 ? '' : kind === 'delete' ? `; with ${parts.join(', ')}` : `: ${parts.join(', ')}`
  return `  ${signs[kind]} ${what}${where}  ${because}${tail}`
}

/** What a person is asked before anybody loses anything. */
export function question(taking: readonly Change[]): string {
  const of = (kind: ChangeKind) => taking.filter((one) => one.kind === kind)
  const named = (all: readonly Change[]) =>
    all.length > 8
      ? `${all.length} (${all
          .slice(0, 6)
          .map(({ what }) => what)
          .join(', ')} …)`
      : all.map(({ what }) => what).join(', ')
  const [close, remove] = [of('close'), of('delete')]
  return [
    ...(close.length > 0 ? [`Close ${named(close)} (no log-in, instances stopped)?`] : []),
    ...(remove.length > 0 ? [`Delete ${named(remove)} with everything they own, for good?`] : []),
  ].join(' ')
}
