// Decides which addresses of git servers, package indexes and images a course file may name: their schemes, their signs, no passwords.
// Leaves asking them to the servers, and where a path is looked for to whoever uses it.
import { bad, good, type Fault, type Outcome } from '../core/fault.ts'
import { type About, parsed } from './field.ts'

export type Scheme = 'http' | 'https' | 'git' | 'file' | 'path'

/** Commas part the images of a list, and the other signs left out mean something to a shell; both get to see these texts. */
const signs = /^[\w.~:/?=&%+@[\]-]+$/
const longest = 400

/** A URL with one of the schemes (RFC 3986), or an absolute path where `path` is among them. */
export const url = (meaning: About, ...schemes: readonly Scheme[]) =>
  parsed(meaning, (text) => readUrl(text, schemes, String(meaning.examples[0])))

/** The text without slashes at its end. Faults: `bad-url`, `url-credentials`. */
export function readUrl(text: string, schemes: readonly Scheme[], example: string): Outcome<string> {
  const [, scheme = 'path', userinfo] = /^([a-z]+):\/\/(?:([^/]*)@)?/i.exec(text) ?? []
  if (userinfo !== undefined) return bad(withCredentials(userinfo))
  const known = schemes.find((one) => one === scheme.toLowerCase())
  if (known === undefined) return bad(badUrl('does not begin as it must', schemes, example))
  if (known === 'path' && !text.startsWith('/'))
    return bad(badUrl('does not begin as it must', schemes, example))
  if (text.length > longest || !signs.test(text)) return bad(badUrl('holds other signs', schemes, example))
  if (known !== 'path' && !(URL.canParse(text) && hasPlace(known, text)))
    return bad(badUrl('is not whole', schemes, example))
  return good(text.replace(/(?<=.)\/+$/, ''))
}

function hasPlace(scheme: Scheme, text: string): boolean {
  const { host, pathname } = new URL(text)
  return scheme === 'file' ? host === '' && pathname.length > 1 : host !== ''
}

function badUrl(how: string, schemes: readonly Scheme[], example: string): Fault {
  const ways = schemes.map((one) => (one === 'path' ? 'an absolute path' : `${one}://`)).join(' or ')
  return {
    code: 'bad-url',
    title: `an address that ${how}`,
    why: `it is ${ways}, of letters, digits and . _ ~ : / ? = & % + @ - only, at most ${longest} characters`,
    fix: `write it like ${example}`,
  }
}

/** What stands before the @ is never repeated. */
function withCredentials(userinfo: string): Fault {
  return {
    code: 'url-credentials',
    title: `an address with ${userinfo.includes(':') ? 'a password' : 'a user name'} in it`,
    why: 'it would stand in configuration files and logs of every server, where students with a shell can read it',
    fix: 'name one that needs no login; a private one behind a mirror of your own',
  }
}
