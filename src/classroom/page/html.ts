// Decides how values become HTML: always as text, never as markup, and never as a reference to a secret.
// Leaves what is said to page.

/** Markup that is safe already; only `html` makes it. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Value = string | number | Html | null | readonly (Html | null)[]

/** A template whose values are escaped, unless they are Html themselves. Null is nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.reduce((text, part, i) => `${text}${part}${textOf(values[i] ?? null)}`, ''))
}

function textOf(value: Value): string {
  if (value === null) return ''
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(textOf).join('')
  return escape(String(value))
}

/**
 * A reference of core/secret, which is replaced when the file is written. Everything else has its braces escaped: a name
 * of the roster must not become a reference.
 */
export const secretText = (reference: string): Html => new Html(reference)

/** A name of any script inside a sentence: neither turns the other around (UAX #9, FSI and PDI). */
export const apart = (name: string): string => `\u2068${name}\u2069`

const signs: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '{': '&#123;',
  '}': '&#125;',
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"'{}]/g, (sign) => signs[sign] ?? '')
}
