// Decides the reference page of the course file (docs/course-file.md), made whole from the schema.
// Leaves what is said of each key to schema.
import { type KeyInfo, keySchema } from './key-info.ts'

/** Markdown. A test keeps docs/course-file.md equal to it. */
export function referencePage(): string {
  const top = keySchema()
  const entries = Object.entries(top.properties ?? {})
  const parts = entries.map(([key, info]) => section(key, key, info, isRequired(top, key), 2))
  return [
    '# The course file',
    '',
    '<!-- Made from src/course/schema.ts; change that, then: npx vitest run --project unit src/course/reference -u -->',
    '',
    top.description ?? '',
    'It is YAML 1.2, in UTF-8; unknown keys are faults, so that a mistyped one is noticed.',
    'All keys at once, in a file that loads: [examples/reference.yaml](../examples/reference.yaml). For editors there is',
    '`bateau schema`, the same keys as JSON Schema.',
    '',
    'Sizes have a unit: `MiB`, `GiB`, `TiB`, `MB`, `GB`, `TB`. Days are `year-month-day`. Amounts are numbers in the',
    "course's currency. Text with a colon and a blank in it, numbers that are names (`00123`) and addresses that end in",
    '`::` stand in quotes.',
    '',
    ...parts.flat(),
  ]
    .join('\n')
    .replace(/\n*$/, '\n')
}

function section(name: string, path: string, info: KeyInfo, required: boolean, depth: number): string[] {
  const inner = info.items?.properties ? info.items : info
  const keys = Object.entries(inner.properties ?? {})
  const list = info.items?.properties ? ', a list' : ''
  const head = [
    `${'#'.repeat(depth)} \`${path}\``,
    '',
    `${info.description ?? ''} (${required ? 'required' : 'optional'}${list}${keys.length > 0 ? '' : `; ${kind(info)}`})`,
    '',
  ]
  if (keys.length === 0) return [...head, `Example: ${example(name, info)}`, '']
  const plain = keys.filter(([, key]) => !hasKeys(key))
  const deeper = keys.filter(([, key]) => hasKeys(key))
  const prefix = info.items?.properties ? `${path}[]` : path
  const rows = plain.map(
    ([key, child]) =>
      `| \`${key}\` | ${kind(child)} | ${preset(child, isRequired(inner, key))} | ${cell(child.description ?? '')} | ${example(key, child)} |`,
  )
  const table =
    rows.length === 0
      ? []
      : ['| key | takes | left out | means | example |', '|---|---|---|---|---|', ...rows, '']
  return [
    ...head,
    ...table,
    ...deeper.flatMap(([key, child]) =>
      section(key, `${prefix}.${key}`, child, isRequired(inner, key), Math.min(depth + 1, 5)),
    ),
  ]
}

function hasKeys(info: KeyInfo): boolean {
  return info.properties !== undefined || info.items?.properties !== undefined
}

function isRequired(info: KeyInfo, key: string): boolean {
  return info.required?.includes(key) === true
}

function preset(info: KeyInfo, required: boolean): string {
  if (info.default !== undefined) return `\`${JSON.stringify(info.default).replaceAll('"', '')}\``
  return required ? '**required**' : '-'
}

function kind(info: KeyInfo): string {
  if (info.enum) return info.enum.map((value) => `\`${String(value)}\``).join(' ')
  const range =
    info.minimum !== undefined && info.maximum !== undefined ? ` ${info.minimum} to ${info.maximum}` : ''
  switch (info.type ?? 'string') {
    case 'integer':
      return `whole number${range}`
    case 'number':
      return `number${range}`
    case 'boolean':
      return '`true` `false`'
    case 'array':
      return `list of ${info.items ? kind(info.items) : 'texts'}`
    default:
      return info.pattern?.includes('[KMGT]') === true
        ? 'size'
        : info.pattern?.startsWith('^[0-9]{4}-') === true
          ? 'day'
          : 'text'
  }
}

function example(key: string, info: KeyInfo): string {
  const value = info.examples?.[0]
  if (value === undefined) return ''
  const quote = typeof value === 'string' && (/: |:$|^[\d.]+$|^[#'"[{]/.test(value) || value.includes("'"))
  const text =
    typeof value === 'string'
      ? quote
        ? JSON.stringify(value)
        : value
      : JSON.stringify(value).replaceAll('"', "'").replaceAll(',', ', ')
  return `\`${key}: ${text}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
