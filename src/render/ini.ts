// Decides the text of INI files as oslo.config, systemd, MariaDB and uWSGI read them.
// Leaves which options there are to the services that render them.

type IniScalar = string | number | boolean
/** Options of one section; a list writes the option once for each item. */
export type IniSection = Readonly<Record<string, IniScalar | readonly IniScalar[]>>
export type Ini = Readonly<Record<string, IniSection>>

/**
 * `[section]` and `name = value` lines, in the order given. Throws RangeError for what the format cannot hold: a line
 * break in a value, or a name that would be read as something else.
 */
export function ini(sections: Ini): string {
  return Object.entries(sections)
    .map(([section, options]) => [`[${nameOf(section)}]`, ...optionLines(options)].join('\n'))
    .join('\n\n')
    .concat('\n')
}

function optionLines(options: IniSection): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    const all = Array.isArray(value) ? (value as readonly IniScalar[]) : [value as IniScalar]
    return all.map((one) => `${nameOf(name)} = ${textOf(one)}`.trimEnd())
  })
}

function nameOf(name: string): string {
  if (!/^[A-Za-z0-9_@.:/-][A-Za-z0-9_@.:/ -]*$/.test(name)) throw new RangeError(`not an INI name: ${name}`)
  return name
}

function textOf(value: IniScalar): string {
  const text = String(value)
  if (/[\n\r]/.test(text)) throw new RangeError('an INI value is one line')
  return text
}
