// Decides the calls of Keystone by which who is enrolled is let in or not (Identity API v3).
// Leaves who that is, and making accounts, to classroom/ and identity.
import type { Session } from './session.ts'

export class Access {
  readonly #session: Session
  constructor(session: Session) {
    this.#session = session
  }

  /** A user who is not enabled has no valid token any more, from that moment on. */
  async enable(userId: string, enabled: boolean): Promise<void> {
    await this.#session.answer({
      service: 'identity',
      what: `${enabled ? 'let in' : 'lock out'} user ${userId}`,
      method: 'PATCH',
      path: `/users/${userId}`,
      json: { user: { enabled } },
      repeatable: true,
    })
  }

  /** Takes a role away, and with it the user's tokens and application credentials of that project. */
  async revoke(projectId: string, userId: string, roleId: string): Promise<void> {
    await this.#session.answer({
      service: 'identity',
      what: `take a role from user ${userId}`,
      method: 'DELETE',
      path: `/projects/${projectId}/users/${userId}/roles/${roleId}`,
    })
  }

  /** Adds one tag to a project; no slash, no comma. */
  async tagProject(id: string, tag: string): Promise<void> {
    await this.#tag('PUT', id, tag)
  }
  async untagProject(id: string, tag: string): Promise<void> {
    await this.#tag('DELETE', id, tag)
  }

  async #tag(method: 'PUT' | 'DELETE', id: string, tag: string): Promise<void> {
    const path = `/projects/${id}/tags/${encodeURIComponent(tag)}`
    await this.#session.answer({ service: 'identity', what: `tag project ${id}`, method, path })
  }
}
