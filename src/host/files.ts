// Decides how rendered files get onto a server: compared first, installed whole and atomically, the original kept once.
// Leaves what is in them to render/ and the rooms above.
import { createHash } from 'node:crypto'
import { resolve, type Vault } from '../core/secret.ts'
import type { RenderedFile } from '../core/step.ts'
import { quote } from './quote.ts'

/** Where bateau keeps its marks on a server. Root only. */
export const stateDir = '/var/lib/bateau'

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** One line a file as `inspectScript` prints it when the file is exactly as rendered. */
export function expectedLine(file: RenderedFile, vault: Vault): string {
  return `${file.path} ${file.mode.replace(/^0+/, '')} ${file.owner} ${sha256(resolve(file.text, vault))}`
}

/** Shell text that prints `path mode user:group sha256` of every path that is a file. */
export function inspectScript(paths: readonly string[]): string {
  if (paths.length === 0) return ''
  return `for f in ${quote(paths)}; do [ -f "$f" ] && printf '%s %s\\n' "$(stat -c '%n %a %U:%G' "$f")" "$(sha256sum < "$f" | cut -d' ' -f1)"; done; true\n`
}

/**
 * Shell text (for standard input: it holds resolved secrets) that installs the files by rename. A file that was there
 * before bateau's first is kept under originals/, so that `down` can give it back.
 */
export function installScript(files: readonly RenderedFile[], vault: Vault): string {
  const parts = files.map((file) => {
    const text = resolve(file.text, vault)
    const encoded = Buffer.from(text, 'utf8')
      .toString('base64')
      .replaceAll(/.{1,120}/g, '$&\n')
    return `put ${quote([file.path, file.mode, file.owner])} <<'end-of-file'\n${encoded}end-of-file\n`
  })
  return `set -e\n${putFunction}${parts.join('')}`
}

const putFunction = `
put() {
  dir=\${1%/*}; seen=${stateDir}/installed$1; kept=${stateDir}/originals$1
  (umask 022; mkdir -p "\${dir:-/}"); (umask 077; mkdir -p "\${seen%/*}" "\${kept%/*}")
  if [ -e "$1" ] && [ ! -e "$seen" ] && [ ! -e "$kept" ]; then cp -a "$1" "$kept"; fi
  draft=$(mktemp "\${dir:-}/.bateau.XXXXXX")
  base64 -d > "$draft"; chown "$3" "$draft"; chmod "$2" "$draft"
  : > "$seen"
  mv -f "$draft" "$1"
}
`
