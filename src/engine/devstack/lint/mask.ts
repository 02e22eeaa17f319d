// Decides which values of a local.conf are secrets, and how a line is shown without them.
// Leaves the file itself alone: what is written back keeps them.

const secret = String.raw`\w*(?:PASS|SECRET|TOKEN|CREDENTIAL|SWIFT_HASH)\w*|\w*_KEY(?:_\w*)?`
const secretName = new RegExp(`^(?:${secret})$`, 'i')
const secretValue = new RegExp(String.raw`\b(${secret})(\s*\+?=\s*)(?=\S)[^\n]*`, 'gi')
const mask = '•••'

export const isSecretName = (name: string): boolean => secretName.test(name)

/** A line, or several, for people to see: values of secret names and passwords in addresses are masked. */
export function maskLine(text: string): string {
  return text
    .replaceAll(secretValue, (_, name: string, sign: string) => `${name}${sign}${mask}`)
    .replaceAll(/(:\/\/[^\s/:@]*:)[^\s/]+@/g, `$1${mask}@`)
}
