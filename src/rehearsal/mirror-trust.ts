// Decides whose certificates the mirror believes: the authorities that node knows, and those of this machine.
// Leaves which files of this machine hold them to python-source.
import { readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'

const contexts = new Map<string, SecureContext>()
const agents = new Map<string, Agent>()

/**
 * Made once for the same files: reading some 150 certificates for each connection would cost more than the rest of it.
 * node itself has its own list only; a school's or a company's authority stands in the machine's.
 */
export function contextOf(files: readonly string[]): SecureContext {
  return once(contexts, files, () =>
    createSecureContext({ ca: [...rootCertificates, ...files.flatMap(read)] }),
  )
}

/** Connections for HTTPS that believe them. */
export function agentOf(files: readonly string[]): Agent {
  return once(
    agents,
    files,
    () => new Agent({ keepAlive: true, maxSockets: 16, secureContext: contextOf(files) }),
  )
}

function once<T>(made: Map<string, T>, files: readonly string[], make: () => T): T {
  const key = files.join('\n')
  const found = made.get(key) ?? make()
  made.set(key, found)
  return found
}

/** A file that went away since adds nothing; the connection then says what is missing. */
function read(path: string): string[] {
  try {
    return [readFileSync(path, 'utf8')]
  } catch {
    return []
  }
}
