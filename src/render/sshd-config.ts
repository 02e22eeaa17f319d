// Decides how an sshd's configuration is written.
// Leaves what it says to jump/.

export type SshdSetting = readonly [key: string, value: string | number | boolean]

/** sshd_config(5). Throws RangeError for what a line cannot hold: a line break, a quote, or nothing at all. */
export function sshdConfig(comment: readonly string[], settings: readonly SshdSetting[]): string {
  const head = comment.map((line) => `# ${plain(line)}`)
  const body = settings.map(([key, value]) => `${plain(key)} ${plain(word(value))}`)
  return `${[...head, '', ...body].join('\n')}\n`
}

const word = (value: string | number | boolean) =>
  typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value)

function plain(text: string): string {
  if (text === '' || /["\r\n\0]/.test(text))
    throw new RangeError(`not for an sshd_config: ${JSON.stringify(text)}`)
  return text
}
