// Decides what of a source line may be shown when a fault points at it.
// Leaves secrets in values to core/secret.

/**
 * A text with what looks like a DUID masked: six bytes and more of hexadecimal, but for those at its beginning that only
 * say its type. (MAC addresses are masked with them: a DUID cut in two by a mistake looks like one.) So is what stands before
 * the @ of a URL. Nothing need part it from the word before: `duid5c:a1:…` has lost its colon.
 */
export function maskText(text: string): string {
  return text
    .replaceAll(/(?:[0-9a-f]{2}[:-]){5,}[0-9a-f]{0,2}/gi, keepType)
    .replaceAll(/[0-9a-f]{12,}/gi, keepType)
    .replaceAll(/(?<=:\/\/)[^\s'"]*(?=@)/g, (userinfo) => '•'.repeat(userinfo.length))
}

/** A line of a course file: also whatever follows a key `duid`. Columns stay where they are. */
export function maskLine(line: string): string {
  return maskText(line).replaceAll(
    /(\bduid['"]?\s*:\s*['"]?)([^'"#,}\s][^'"#,}]*)/gi,
    (_, key: string, value: string) => key + keepType(value),
  )
}

function keepType(text: string): string {
  const kept = /^00[:-]?0[1-4](?:[:-]?00[:-]?0[0-9a-f][:-]?)?/i.exec(text)?.[0] ?? ''
  return kept + text.slice(kept.length).replaceAll(/[^\s]/g, '•')
}
