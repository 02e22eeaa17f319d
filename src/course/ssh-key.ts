// Decides whether a text is one OpenSSH public key.
// Leaves making keys to classroom/.
import { bad, good, type Outcome } from '../core/fault.ts'

const kinds =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com)$/

/** The key on one line, `type base64 comment`. The blob must name the same type (RFC 4253 section 6.6). Fault codes: `private-key`, `bad-ssh-key`. */
export function readSshKey(text: string): Outcome<string> {
  if (/PRIVATE KEY/.test(text))
    return bad({
      code: 'private-key',
      title: 'a private key where a public one goes',
      why: 'whoever reads the roster could log in as this student',
      fix: 'ask for the file that ends in .pub, and have the student make a new pair: ssh-keygen -t ed25519',
    })
  const [kind = '', blob = '', ...comment] = text.trim().split(/\s+/)
  const bytes = Buffer.from(blob, 'base64')
  const named = bytes.length > 4 ? bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1') : ''
  if (kinds.test(kind) && named === kind) return good([kind, blob, ...comment].join(' '))
  return bad({
    code: 'bad-ssh-key',
    title: kinds.test(kind) ? `an ${kind} key that is cut short or changed` : 'not an SSH public key',
    why:
      kind === 'ssh-dss'
        ? 'OpenSSH takes no DSA keys any more'
        : 'it is one line: the type, a long text, a comment',
    fix: 'copy the whole line of ~/.ssh/id_ed25519.pub, or leave the field empty: bateau makes a pair',
  })
}
