// Decides how many terminal columns a text takes.
// Leaves cutting and wrapping to whoever lays text out.

/** Terminal columns: combining marks take none, East Asian wide characters and emoji two. */
export function textWidth(text: string): number {
  let columns = 0
  for (const char of text.normalize('NFC')) {
    if (/\p{M}/u.test(char)) continue
    columns +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{1f300}-\u{1faff}]/u.test(
        char,
      )
        ? 2
        : 1
  }
  return columns
}
