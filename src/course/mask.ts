// Decides what of a source line may be shown when a fault points at it.
// Leaves secrets in values to core/secret.

/**
 * A line with what looks like a DUID masked: seven bytes and more of hexadecimal, and anything after a `duid:` key, but
 * for the first four bytes, which only say its type. Columns stay where they are. (A MAC address has six bytes.)
 */
export function maskLine(line: string): string {
  return line
    .replaceAll(/(?:\b[0-9a-f]{2}[:-]){6,}[0-9a-f]{0,2}/gi, keepType)
    .replaceAll(/\b[0-9a-f]{14,}\b/gi, keepType)
    .replaceAll(
      /(\bduid['"]?\s*:\s*['"]?)([^'"#,}\s][^'"#,}]*)/gi,
      (_, key: string, value: string) => key + keepType(value),
    )
}

function keepType(text: string): string {
  const kept = /^(?:[0-9a-f]{2}[:-]?){0,4}/i.exec(text)?.[0] ?? ''
  return kept + text.slice(kept.length).replaceAll(/[^\s]/g, '•')
}
