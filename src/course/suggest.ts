// Decides which known word a mistyped one was probably meant to be.
// Leaves the sentence around it to whoever asks.

/** The nearest known word, or undefined when nothing is near: at most a third of its letters differ. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const typed = normal(word)
  let best: { word: string; away: number } | undefined
  for (const candidate of known) {
    const target = normal(candidate)
    const away = typed === target ? 0 : distance(typed, target)
    const limit = Math.max(1, Math.floor(Math.max(typed.length, target.length) / 3))
    if (away <= limit && (best === undefined || away < best.away)) best = { word: candidate, away }
  }
  return best?.word
}

function normal(word: string): string {
  return word.toLowerCase().replaceAll(/[\s_.-]/g, '')
}

/** Edits between two words, a swap of neighbours counting as one (optimal string alignment). */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 12) return Number.POSITIVE_INFINITY
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1)
      row.push(least)
    }
    before = last
    last = row
  }
  return last[b.length] ?? Number.POSITIVE_INFINITY
}
