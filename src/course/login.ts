// Decides a student's login: ASCII, short, the same whenever the roster is read again.
// Leaves clashes to roster, which knows the lines.

/** Names that OpenStack's services and Debian use themselves. */
const taken = new Set(
  'root admin daemon bin sys sync games man lp mail news proxy www-data backup list irc nobody sshd systemd-network nova neutron glance keystone placement cinder horizon demo service mysql rabbitmq libvirt-qemu openstack bateau debian ubuntu stack'.split(
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

/**
 * The login a roster line stands for: its own `login`, else the part of the e-mail address before the @, else the name,
 * else the student number. Undefined when none of them gives one. It depends on nothing but this line, so that it stays
 * when others come and go.
 */
export function loginFor(line: {
  login: string
  email: string
  name: string
  id: string
}): string | undefined {
  for (const text of [line.login, line.email.split('@')[0] ?? '', line.name, line.id]) {
    const name = asciiName(text)
    if (name === '') continue
    const login = (/^[a-z]/.test(name) ? name : `s${name}`).slice(0, longest).replace(/-+$/, '')
    return taken.has(login) ? `${login.slice(0, longest - 2)}-s` : login
  }
  return undefined
}
