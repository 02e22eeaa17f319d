// Decides what a failed API call says to a person, and what the code above may still conclude from it.
// Leaves retrying to exchange, and looking after a lost answer to once.
import { type Fault, Trouble } from '../core/fault.ts'

/** A call that did not succeed. `status` is null when no answer came. */
export class CallFailure extends Trouble {
  readonly status: number | null
  /** The server may have done it all the same: the answer was lost, late, or from something in between. */
  readonly unsure: boolean
  constructor(fault: Fault, status: number | null, unsure: boolean) {
    super(fault)
    this.name = 'CallFailure'
    this.status = status
    this.unsure = unsure
  }
}

/** No answer. `sent`: the request may have arrived before the connection was lost. */
export function noAnswer(what: string, url: URL, error: unknown, sent: boolean): CallFailure {
  const code = codeOf(error)
  return new CallFailure(
    {
      code: 'cloud-unreachable',
      title: `no answer from the cloud: ${what}`,
      why: `${url.origin}: ${(code && (meaning[code] ?? untrusted[code])) ?? code ?? (error instanceof Error ? error.message : String(error))}`,
      fix: 'see which service is down with: bateau check',
    },
    null,
    sent,
  )
}

/** An answer that refuses. `said` is the body, secrets already removed. */
export function refusal(what: string, url: URL, status: number, said: string): CallFailure {
  const message = messageOf(said)
  const quota = status === 403 && /quota/i.test(message)
  const { code, fix } = quota ? overQuota : (byStatus[status] ?? (status >= 500 ? broken : odd))
  return new CallFailure(
    {
      code,
      title: `the cloud refused to ${what}`,
      why: `${url.origin}${url.pathname} answered ${status}${message === '' ? '' : `: ${message}`}`,
      fix,
    },
    status,
    status >= 500 && status !== 501,
  )
}

/** An answer whose form is not the one that the API's documentation gives. */
export function notUnderstood(what: string, url: URL, problem: string): CallFailure {
  return new CallFailure(
    {
      code: 'cloud-answer',
      title: `the cloud's answer was not understood: ${what}`,
      why: `${url.origin}${url.pathname}: ${problem}`,
      fix: 'see that the address is an OpenStack API of release 2025.1 or later, then run the same command again',
    },
    null,
    true,
  )
}

type Way = { code: string; fix: string }
const again = 'run the same command again'
const overQuota: Way = {
  code: 'cloud-quota',
  fix: 'raise the sizes or instances of the course file, then run bateau again',
}
const broken: Way = { code: 'cloud-error', fix: 'see what the service logs with: bateau check' }
const odd: Way = { code: 'cloud-refused', fix: again }
const byStatus: Record<number, Way> = {
  401: {
    code: 'cloud-login',
    fix: 'see that the password kept for this account is the one the cloud has, then run bateau again',
  },
  403: { code: 'cloud-forbidden', fix: 'use an account with the admin role' },
  404: { code: 'cloud-not-found', fix: again },
  409: { code: 'cloud-conflict', fix: again },
  413: { code: 'cloud-too-many', fix: `wait a minute, then ${again}` },
  429: { code: 'cloud-too-many', fix: `wait a minute, then ${again}` },
}

const meaning: Record<string, string> = {
  ECONNREFUSED: 'connection refused: nothing listens there',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'no such name',
  EAI_AGAIN: 'its name cannot be looked up: no answer from the resolver',
  EHOSTUNREACH: 'no route to that host',
  ENETUNREACH: 'no route to that network: this machine may have no IPv6',
  ENOENT: 'the forwarded socket is gone: the SSH connection has ended',
  UND_ERR_SOCKET: 'the connection was closed before the answer',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped half-way',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
}

/** Of TLS: what was presented is not trusted, and will not be the next time. Names are OpenSSL's, by way of Node. */
const untrusted: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself; name it as cacert of the entry',
  SELF_SIGNED_CERT_IN_CHAIN:
    'its certificate is of an authority that is not known here; name that as cacert of the entry',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'its certificate is of an authority that is not known here; name that as cacert of the entry',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is of an authority that is not known here; name that as cacert of the entry',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; see what time it is here',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
}

/** Will fail the same however often it is tried. */
export const hopeless = (error: unknown): boolean => (codeOf(error) ?? '') in untrusted

/** The request never left: nothing was listening, or there is no such socket. */
export function neverSent(error: unknown): boolean {
  const code = codeOf(error) ?? ''
  return code in untrusted || early.has(code)
}

const early = new Set([
  'ECONNREFUSED',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause === undefined ? undefined : codeOf(error.cause)
}

/** Keystone `{error: {message}}`, Nova `{badRequest: {message}}`, Neutron `{NeutronError: {message}}`, Glance in HTML. */
function messageOf(said: string): string {
  try {
    const whole: unknown = JSON.parse(said)
    const inner = typeof whole === 'object' && whole !== null ? Object.values(whole)[0] : undefined
    const message: unknown =
      typeof inner === 'object' && inner !== null && 'message' in inner ? inner.message : inner
    if (typeof message === 'string') return message
  } catch {}
  return said
    .replaceAll(/<title>.*?<\/title>/gs, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 300)
}
