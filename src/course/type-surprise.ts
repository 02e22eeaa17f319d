// Decides what to say when YAML read a value as something else than its author meant.
// Leaves values of the right type and the wrong content to schema.
import type { Fault } from '../core/fault.ts'
import { keyInfo } from './key-info.ts'
import type { Path } from './course.ts'
import { maskText } from './mask.ts'

type Told = Pick<Fault, 'code' | 'title' | 'why' | 'fix'>

/** `written` is the scalar as it stands in the file; `like` a clause with an example. */
export function explainType(
  expected: string,
  found: unknown,
  written: string | undefined,
  path: Path,
  like: string,
): Told {
  if (found === null)
    return {
      code: 'empty-value',
      title: 'the key has no value',
      why: keyInfo(path)?.description ?? 'it needs one',
      fix: `write one, ${like}; or remove the line`,
    }
  const secret = path.includes('duid')
  const text = secret ? '•••' : short(written ?? JSON.stringify(found))
  switch (expected) {
    case 'string':
      return wantedText(found, text, path, like, secret)
    case 'number':
    case 'int':
      return wantedNumber(found, text, like)
    case 'boolean':
      return wantedTruth(found, text)
    case 'array':
      return {
        code: 'wrong-type',
        title: `${kind(found)} where a list goes`,
        why: 'each entry of a list begins with a hyphen and a blank',
        fix: 'begin each entry with `- `; see examples/reference.yaml',
      }
    default:
      return {
        code: 'wrong-type',
        title: `${kind(found)} where a section with keys of its own goes`,
        why: keyInfo(path)?.description ?? 'the section has keys',
        fix: `put its keys below it, two blanks further in: ${
          Object.keys(keyInfo(path)?.properties ?? {})
            .slice(0, 5)
            .join(', ') || 'see examples/reference.yaml'
        }`,
      }
  }
}

function wantedText(found: unknown, text: string, path: Path, like: string, secret: boolean): Told {
  if (typeof found === 'number') {
    if (keyInfo(path)?.pattern?.includes('[KMGT]') === true)
      return {
        code: 'no-unit',
        title: `${text} has no unit`,
        why: 'a number alone does not say MiB or GiB',
        fix: `add the unit, ${like}`,
      }
    const changed = String(found) === text || secret ? '' : `, which is ${found}`
    return {
      code: 'read-as-number',
      title: `${text} is read as a number${changed}`,
      why: 'YAML takes digits for a number and drops leading zeros; `1e3` is 1000 to it',
      fix: secret ? 'put it in quotes' : `put it in quotes: '${text}'`,
    }
  }
  if (typeof found === 'boolean')
    return {
      code: 'read-as-boolean',
      title: `${text} is read as a yes-or-no value`,
      why: 'YAML takes true and false for themselves, not for text',
      fix: `put it in quotes: '${text}'`,
    }
  const key = typeof found === 'object' && found !== null ? Object.entries(found) : []
  if (!Array.isArray(found) && key.length === 1 && key[0]?.[1] === null && key[0][0].endsWith(':'))
    return {
      code: 'address-read-as-key',
      title: `${maskText(`${key[0][0]}:`)} is read as a key, because it ends in a colon`,
      why: 'YAML takes a word that ends in a colon for a key, and addresses such as fe80:: do',
      fix: `put it in quotes: '${maskText(`${key[0][0]}:`)}'`,
    }
  return {
    code: 'wrong-type',
    title: `${kind(found)} where a text goes`,
    why: keyInfo(path)?.description ?? 'it is a text',
    fix: `write it on one line, ${like}`,
  }
}

function wantedNumber(found: unknown, text: string, like: string): Told {
  const base = { code: 'not-a-number', title: `${text} is not a number` }
  if (typeof found === 'number')
    return {
      ...base,
      title: Number.isFinite(found) ? `${text} is not a whole number` : base.title,
      why: 'only whole things are counted here',
      fix: `write a whole number, ${like}`,
    }
  if (typeof found !== 'string')
    return {
      code: 'wrong-type',
      title: `${kind(found)} where a number goes`,
      why: 'it is one number',
      fix: `write it alone, ${like}`,
    }
  if (/^[\d.]+,\d+$/.test(found))
    return {
      ...base,
      why: 'decimals are written with a point',
      fix: `write ${found.replaceAll('.', '').replace(',', '.')}`,
    }
  if (/^[\d.,]+\s*(€|eur|euros?|\$|usd|£|chf)/i.test(found) || /^[€$£]/.test(found))
    return {
      ...base,
      why: 'the currency of all amounts is course.currency',
      fix: `write the number alone, ${like}`,
    }
  if (/^[\d._ ]+$/.test(found))
    return {
      ...base,
      why: 'quotes, blanks or underscores make it a text',
      fix: `write the digits alone: ${found.replaceAll(/[_ ]/g, '')}`,
    }
  return { ...base, why: 'YAML reads it as text', fix: `write a number, ${like}` }
}

function wantedTruth(found: unknown, text: string): Told {
  const yes = /^(y|yes|on|oui|1|vrai)$/i.test(text)
  const no = /^(n|no|off|non|0|faux)$/i.test(text)
  return {
    code: 'not-a-boolean',
    title:
      typeof found === 'object'
        ? `${kind(found)} where true or false goes`
        : `${text} is neither true nor false`,
    why: 'since YAML 1.2 only true and false are; yes, no, on and off are plain text',
    fix: yes ? 'write true' : no ? 'write false' : 'write true or false',
  }
}

function kind(found: unknown): string {
  if (Array.isArray(found)) return 'a list'
  if (typeof found === 'object') return 'a section'
  return typeof found === 'string' ? 'a text' : typeof found === 'number' ? 'a number' : 'true or false'
}

function short(text: string): string {
  return maskText(text.length > 60 ? `${text.slice(0, 57)}…` : text)
}
