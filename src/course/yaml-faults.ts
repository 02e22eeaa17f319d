// Decides how YAML's own complaints are told to somebody who does not know YAML.
// Leaves values of the wrong type to issues.
import type { Fault, Where } from '../core/fault.ts'
import { maskText } from './mask.ts'

type Told = { code?: string; title: string; why: string; fix: string }

/** `code` and `message` are those of yaml 2.9 (errors.ts, ErrorCode); unknown ones keep the message. */
export function explainSyntax(code: string, message: string, where: Where, lines: readonly string[]): Fault {
  const told = (known[code] ?? plain)(where.source ?? '', message, lines[where.line] ?? '')
  return { code: told.code ?? 'yaml-syntax', title: told.title, why: told.why, fix: told.fix, where }
}

const plain = (_: string, message: string): Told => ({
  title: `YAML: ${message.split('\n')[0] ?? message}`,
  why: 'the file cannot be read as YAML from here on',
  fix: 'compare with examples/reference.yaml; values with special characters go in quotes',
})

const known: Record<string, (line: string, message: string, below: string) => Told> = {
  BLOCK_AS_IMPLICIT_KEY: colonInValue,
  BLOCK_IN_FLOW: colonInValue,
  DUPLICATE_KEY: (line) => ({
    code: 'duplicate-key',
    title: `${keyOf(line)} is given twice in the same place`,
    why: 'only one of the two could count, and nothing says which',
    fix: 'remove one; list items begin with `- `, so a missing hyphen also looks like this',
  }),
  TAB_AS_INDENT: () => ({
    code: 'tab',
    title: 'a tab where YAML wants blanks',
    why: 'tabs have no fixed width, so YAML does not take them for indentation',
    fix: 'replace it with two blanks for each level',
  }),
  BAD_INDENT: (_, message) => {
    const bracket = /end with a ([\]}])/.exec(message)?.[1]
    if (bracket === undefined) return unlevel('this line is not level with the ones it belongs to')
    return {
      code: 'open-bracket',
      title: `a bracket is opened and not closed: ${bracket} is missing`,
      why: 'a list in [ ] or a section in { } goes on until its bracket',
      fix: `end the line above with ${bracket}`,
    }
  },
  BAD_SCALAR_START: (line) => ({
    title: 'a value begins with a character that YAML keeps for itself',
    why: '@, ` and % cannot begin a value',
    fix: `put the value in quotes${quoted(line)}`,
  }),
  MISSING_CHAR: (_, message) => ({
    title: /quote/.test(message)
      ? `a quotation mark is opened and not closed`
      : /implicit map keys/i.test(message)
        ? 'a word where a key and a colon should be'
        : (message.split('\n')[0] ?? message),
    why: /quote/.test(message)
      ? 'the text goes on to the end of the file'
      : 'every line of a section is `key: value`',
    fix: /quote/.test(message)
      ? 'close it on the same line'
      : 'write a colon and a blank after the key, or close the bracket before it',
  }),
  MULTILINE_IMPLICIT_KEY: (line) => ({
    title: /^\s*[\w-]+:\S/.test(line) ? 'no blank after the colon' : 'a line without `key: value`',
    why: 'YAML takes `key:value` for one word; a key ends in a colon and a blank',
    fix: /^\s*[\w-]+:\S/.test(line)
      ? `write ${maskText(line.trim().replace(':', ': '))}`
      : 'write a colon and a blank after the key',
  }),
  UNEXPECTED_TOKEN: (line, message) =>
    /in YAML stream/.test(message)
      ? {
          code: 'stray-line',
          title: 'this line belongs to nothing above it',
          why: 'the text above it is complete, or of another kind: a list and keys cannot stand side by side',
          fix: 'give it as many blanks as the lines it belongs to, or look for a quote or bracket just above',
        }
      : plain(line, message),
  MULTIPLE_DOCS: () => ({
    title: '`---` begins a second document',
    why: 'a course file is one document',
    fix: 'remove the line, or keep each course in its own file',
  }),
  NON_STRING_KEY: () => ({
    title: 'a list or a mapping used as a key',
    why: 'keys of a course file are words',
    fix: 'remove the `?` or the brackets before the colon',
  }),
  TAG_RESOLVE_FAILED: () => ({
    title: 'a tag that means nothing here',
    why: 'a value that begins with `!` is taken for a tag',
    fix: 'put the value in quotes, or remove the tag',
  }),
  BAD_DIRECTIVE: () => ({
    title: 'a line that begins with %',
    why: 'YAML takes it for a directive',
    fix: 'begin comments with #',
  }),
}

function unlevel(title: string): Told {
  return {
    code: 'indentation',
    title,
    why: 'YAML knows by the blanks before a key which section it belongs to',
    fix: 'give all keys of one section the same number of blanks',
  }
}

/** `gateway: fe80::`, `title: Networks: part 2`, and a line that is further in than the value above it. */
function colonInValue(line: string, _: string, below: string): Told {
  const value = /^\s*(?:- )?\s*[\w-]+:\s+(.*?)\s*(?:#.*)?$/.exec(line)?.[1] ?? line.trim()
  if (!/:(?:\s|$|[,}\]])/.test(value) && indentOf(below) > indentOf(line))
    return unlevel('the line below is further in than this one, so it would belong to its value')
  const ending = /([0-9a-f:]*:)(?=\s*[,}\]]|$)/i.exec(value)?.[1]
  if (ending !== undefined && ending !== ':')
    return {
      code: 'address-read-as-key',
      title: `${maskText(ending)} is read as a key, because it ends in a colon`,
      why: 'YAML takes a word that ends in a colon for a key, and addresses such as fe80:: do',
      fix: `put it in quotes: '${maskText(ending)}'`,
    }
  return {
    code: 'colon-in-value',
    title: 'two keys on one line',
    why: 'a colon and a blank inside a value look like a key and its value',
    fix: `put the value in quotes${quoted(line)}, or begin a new line`,
  }
}

const indentOf = (line: string) => line.length - line.trimStart().length

function keyOf(line: string): string {
  const key = /^\s*(?:- )*['"]?([\w-]+)['"]?\s*:/.exec(line)?.[1]
  return key === undefined ? 'a key' : `\`${key}\``
}

function quoted(line: string): string {
  const [, key = '', value = ''] = /^\s*(?:- )?([\w-]+):\s+(.*?)\s*$/.exec(line) ?? []
  return key === '' || /['"]/.test(value) ? '' : `: ${maskText(`${key}: '${value}'`)}`
}
