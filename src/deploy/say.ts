// Decides how a face is told something outside any run: nothing was opened, locked or written for it.
// Leaves what runs say to session.
import { type EventBody, schemaVersion } from '../run/events.ts'
import type { Face } from './face.ts'

export function say(face: Face, body: EventBody): void {
  face.event({ schema_version: schemaVersion, at: new Date().toISOString(), run: '', ...body })
}
