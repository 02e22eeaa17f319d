// Decides the text of an OpenSSH client configuration.
// Leaves which hosts and options there are to whoever connects.

export type SshHost = {
  /** Patterns of the Host line: `proof-direct`. */
  host: string
  /** Options by their names in ssh_config(5), in order. */
  options: Readonly<Record<string, string | number | boolean>>
}

/** Throws RangeError for what the format cannot hold: a line break or a double quote in a value. */
export function sshConfig(hosts: readonly SshHost[]): string {
  return hosts
    .map(({ host, options }) =>
      [
        `Host ${plain(host)}`,
        ...Object.entries(options).map(([name, value]) => `  ${name} ${text(value)}`),
      ].join('\n'),
    )
    .join('\n\n')
    .concat('\n')
}

function text(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  const whole = plain(String(value))
  return /\s/.test(whole) ? `"${whole}"` : whole
}

function plain(value: string): string {
  if (value === '' || /["\r\n]/.test(value))
    throw new RangeError(`not for an ssh_config: ${JSON.stringify(value)}`)
  return value
}
