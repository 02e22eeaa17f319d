// Decides how argv becomes the one string that a remote shell parses. The only function that quotes.
// Leaves everything else about ssh to ssh.ts.

const plain = /^[A-Za-z0-9_@%+=:,./-]+$/

/** POSIX shell quoting (POSIX.1-2024 XCU 2.2.2): single quotes hold everything but a single quote. */
export function quote(argv: readonly string[]): string {
  return argv.map((arg) => (plain.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`)).join(' ')
}
