// Decides a student's login: ASCII, short, the same whenever the roster is read again.
// Leaves clashes to roster, which knows the lines.

/** Names that OpenStack's services and Debian use themselves. */
const taken = new Set(
  'root admin daemon bin sys sync games man lp mail news proxy www-data backup list irc nobody sshd systemd-network nova neutron glance keystone placement cinder horizon demo service mysql rabbitmq libvirt-qemu openstack bateau bateau-probe debian ubuntu stack'.split(
    ' ',
  ),
)

/** Linux and Keystone both take 32 characters. */
const longest = 32

const letters: Record<string, string> = {
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ı: 'i',
  ħ: 'h',
  ŋ: 'n',
}

/** Lower-case ASCII with hyphens; empty when nothing of the text can be written so. */
export function asciiName(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[œæßøđðþłıħŋ]/g, (letter) => letters[letter] ?? '')
    .replaceAll(/['’]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
}

/** A login, and what it was made of: `name Zoé Lefèvre (é -> e, è -> e)`. */
export type MadeLogin = { login: string; from: string }

/**
 * The login a roster line stands for: its own `login`, else the part of the e-mail address before the @, else the name,
 * else the student number. Undefined when none of them gives one. It depends on nothing but this line.
 */
export function makeLogin(line: {
  login: string
  email: string
  name: string
  id: string
}): MadeLogin | undefined {
  const sources = [
    ['login', line.login],
    ['e-mail', line.email.split('@')[0] ?? ''],
    ['name', line.name],
    ['number', line.id],
  ] as const
  for (const [what, text] of sources) {
    const name = asciiName(text)
    if (name === '') continue
    const whole = /^[a-z]/.test(name) ? name : `s${name}`
    const login = whole.slice(0, longest).replace(/-+$/, '')
    const free = isTaken(login) ? withSuffix(login, 's') : login
    const how = [
      ...changedLetters(text),
      ...(whole === name ? [] : ['a letter in front']),
      ...(whole.length > longest ? [`cut to ${longest} characters`] : []),
      ...(free === login ? [] : [`${login} is a name of the system`]),
    ]
    const shown = what === 'e-mail' ? line.email : text
    return { login: free, from: `${what} ${shown}${how.length === 0 ? '' : ` (${how.join(', ')})`}` }
  }
  return undefined
}

/** Names that the cloud or its servers use themselves. */
export const isTaken = (login: string) => taken.has(login)

/** `zoe-2`: still a login. */
export const withSuffix = (login: string, suffix: string) =>
  `${login.slice(0, longest - suffix.length - 1).replace(/-+$/, '')}-${suffix}`

/** `é -> e` for each letter that is written otherwise; blanks, dots and hyphens go without saying. */
function changedLetters(text: string): string[] {
  const letters = text.normalize('NFC').match(/[^a-zA-Z0-9\s._-]/gu) ?? []
  return [...new Set(letters)].map((letter) => {
    const plain = asciiName(letter)
    return plain === '' ? `${letter} left out` : `${letter} -> ${plain}`
  })
}
