// Decides how a call is made whose refusal is an answer: the status and the service's own words, whatever they are.
// Leaves what they mean to whoever asks, and repeats and tokens to the session.
import type { Service } from './catalogue.ts'
import { CallFailure } from './failure.ts'
import type { ServiceCall, Session } from './session.ts'

/** An answer of any status. */
export type Attempt = {
  status: number
  /** The service and what it said: `Nova answered 404: Instance … could not be found.` No secrets. */
  said: string
  /** The body of a success; undefined for a refusal, and where there is none. */
  json: unknown
}

const programs: Record<Service, string> = {
  identity: 'Keystone',
  compute: 'Nova',
  network: 'Neutron',
  image: 'Glance',
  volume: 'Cinder',
}

/** Characters of what a service says; Neutron wraps some refusals in others. */
const mostWords = 400

/** Makes the call. Throws CallFailure only where no answer came. */
export async function attempt(session: Session, call: ServiceCall): Promise<Attempt> {
  const program = programs[call.service]
  try {
    const { answer } = await session.answer(call)
    return { status: answer.status, said: `${program} answered ${answer.status}`, json: read(answer.text) }
  } catch (error) {
    if (!(error instanceof CallFailure) || error.status === null) throw error
    const [, message = ''] = error.fault.why.split(` answered ${error.status}: `)
    const short = message
      .replaceAll(/<[^>]*>|\s+/g, ' ')
      .trim()
      .slice(0, mostWords)
    const words = short === '' ? '' : `: ${short}`
    return { status: error.status, said: `${program} answered ${error.status}${words}`, json: undefined }
  }
}

function read(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
