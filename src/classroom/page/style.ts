// Decides how a hand-out looks on a screen, on a phone and on A4.
// Leaves what it says to page.

/** No web font, no image: the page must be whole in an e-mail, on a stick and without a network. Contrasts are AAA. */
export const style = `
:root { color-scheme: light; --ink: #16202c; --soft: #47566a; --line: #c9d3de; --deep: #0b4a6f; --pale: #eef4f9; --warn: #7a2e0e; --warm: #fdf3e7 }
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100% }
body { margin: 0; background: #e3e9ef; color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem clamp(1rem, 4vw, 2.75rem) 2rem; background: #fff }
header { border-top: .4rem solid var(--deep); margin: -1.5rem calc(-1 * clamp(1rem, 4vw, 2.75rem)) 1.25rem; padding: 1.1rem clamp(1rem, 4vw, 2.75rem) 1.1rem; border-bottom: 1px solid var(--line) }
.over { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .25rem 1.5rem; margin: 0; color: var(--soft); font-size: .95rem }
.over strong { color: var(--deep) }
h1 { margin: .5rem 0 0; font-size: 1.9rem; line-height: 1.2; overflow-wrap: anywhere }
h1 + p { margin: .2rem 0 0; color: var(--soft) }
.keep { margin: 0 0 1.25rem; padding: .55rem .9rem; border-left: .25rem solid var(--warn); background: var(--warm); color: var(--warn); font-weight: 600 }
section { margin: 0 0 1.4rem }
h2 { margin: 0 0 .6rem; font-size: 1.2rem; line-height: 1.3; color: var(--deep) }
h3 { margin: 0 0 .3rem; font-size: .95rem; color: var(--soft) }
p { margin: 0 0 .5rem }
a { color: #0b4a6f }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); margin: 0; border: 1px solid var(--line); border-radius: .5rem; overflow: hidden; background: var(--line); gap: 1px }
dl > div { padding: .55rem .9rem; background: #fff }
dl > div:last-child:nth-child(odd) { grid-column: 1 / -1 }
dl > .main { background: var(--pale) }
dt { color: var(--soft); font-size: .85rem }
dd { margin: 0; overflow-wrap: anywhere }
code, pre { font-family: ui-monospace, "Cascadia Mono", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .92em }
code { overflow-wrap: anywhere }
.main code { font-size: 1.1rem; font-weight: 600; user-select: all }
pre { margin: 0 0 .6rem; padding: .6rem .8rem; border: 1px solid var(--line); border-radius: .4rem; background: #f6f8fa; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.45 }
pre code { display: block; padding-left: 1.5em; text-indent: -1.5em; font-size: 1em }
pre span { display: inline-block; max-width: 100%; text-indent: 0 }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 0 1.25rem }
.two > * { min-width: 0 }
.note { color: var(--soft); font-size: .93rem }
.fingerprint { display: block; font-size: .8rem; line-height: 1.4; letter-spacing: .02em }
table { width: 100%; border-collapse: collapse }
caption { text-align: left; color: var(--soft); font-size: .93rem; padding-bottom: .35rem }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line) }
th { color: var(--soft); font-size: .85rem; font-weight: 600 }
tr:last-child td { border-bottom: 0 }
td:nth-child(2) { white-space: nowrap }
footer { border-top: 1px solid var(--line); padding-top: .8rem }
footer p { margin: 0 }
@page { size: A4; margin: 10mm 14mm }
@media print {
  html { font-size: 9.4pt }
  body { background: #fff; font-size: 1rem; line-height: 1.36 }
  main { max-width: none; padding: 0 }
  header { margin: 0 0 3mm; padding: 2mm 0; border-top-width: 1.4mm }
  .over nav { display: none }
  h1 { font-size: 19pt; margin-top: 1mm }
  h2 { font-size: 12pt; margin-bottom: 1.4mm; break-after: avoid }
  section { margin-bottom: 3.2mm }
  .keep { margin-bottom: 3.5mm; padding: 1.4mm 3mm }
  dl { grid-template-columns: 1fr 1fr }
  dl > div { padding: 1.3mm 3mm }
  .main code { font-size: 11.5pt }
  pre { padding: 1.4mm 2.5mm; margin-bottom: 1.6mm; font-size: 8pt; break-inside: avoid }
  p { margin-bottom: 1.2mm }
  .two { grid-template-columns: 1fr 1fr; gap: 0 4mm }
  .two, dl, table, tr, .whole { break-inside: avoid }
  a { text-decoration: none; color: inherit }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact }
}
`.trim()
