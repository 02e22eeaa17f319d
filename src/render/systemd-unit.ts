// Decides how systemd's file syntax is written (units, drop-ins; networkd's files share it, see render/networkd).
// Leaves what the sections say to delivery/ and engine/.
import { file, type RenderedFile } from '../core/step.ts'

/** A key may stand several times in a section; its values then add up, and an empty text resets the list (systemd.syntax(7)). */
export type Setting = readonly [key: string, value: string | number | boolean]

export type Section<Name extends string = string> = { name: Name; settings: readonly Setting[] }

export const section = <Name extends string>(name: Name, ...settings: Setting[]): Section<Name> => ({
  name,
  settings,
})

/**
 * systemd.syntax(7): `[Section]`, `Key=value` lines, `#` comments. Values go out as they are: `%` stays the specifier
 * that systemd.unit(5) makes of it. Throws RangeError on what the syntax cannot carry: a line break, or a backslash at the end (a continuation).
 */
export function systemdText(comment: readonly string[], sections: readonly Section[]): string {
  const head = comment.map((line) => `# ${plain(line)}`)
  const body = sections.map(({ name, settings }) =>
    [`[${plain(name)}]`, ...settings.map(([key, value]) => `${plain(key)}=${plain(word(value))}`)].join('\n'),
  )
  return `${[...(head.length > 0 ? [head.join('\n')] : []), ...body].join('\n\n')}\n`
}

/** A whole unit of bateau's own in /etc/systemd/system. */
export function systemdUnit(
  name: string,
  comment: readonly string[],
  sections: readonly Section[],
): RenderedFile {
  return file(`/etc/systemd/system/${name}`, systemdText(comment, sections))
}

function word(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)
}

function plain(text: string): string {
  if (/[\r\n\0]/.test(text) || text.endsWith('\\'))
    throw new RangeError(`not one line of systemd syntax: ${text}`)
  return text
}
