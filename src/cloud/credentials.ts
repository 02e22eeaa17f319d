// Decides how one logs in to Keystone: by password or by application credential.
// Leaves tokens and their renewal to session.
import type { Secret } from '../core/secret.ts'

export type Credentials =
  | {
      kind: 'password'
      user: string
      password: Secret
      project: string
      /** Names of the domains of user and project; `Default` where absent. */
      userDomain?: string
      projectDomain?: string
    }
  | { kind: 'application-credential'; id: string; secret: Secret }
  /** Another project for who is logged in already, by the token of that log-in. */
  | { kind: 'token'; token: Secret; project: string; projectId: true }

/** Body of POST /v3/auth/tokens (OpenStack Identity API v3). */
export function authBody(credentials: Credentials): object {
  switch (credentials.kind) {
    case 'password':
      return {
        auth: {
          identity: {
            methods: ['password'],
            password: {
              user: {
                name: credentials.user,
                domain: { name: credentials.userDomain ?? 'Default' },
                password: credentials.password.reveal(),
              },
            },
          },
          scope: {
            project: { name: credentials.project, domain: { name: credentials.projectDomain ?? 'Default' } },
          },
        },
      }
    case 'application-credential':
      return {
        auth: {
          identity: {
            methods: ['application_credential'],
            application_credential: { id: credentials.id, secret: credentials.secret.reveal() },
          },
        },
      }
    case 'token':
      return {
        auth: {
          identity: { methods: ['token'], token: { id: credentials.token.reveal() } },
          scope: { project: { id: credentials.project } },
        },
      }
  }
}

export function secretOf(credentials: Credentials): Secret {
  switch (credentials.kind) {
    case 'password':
      return credentials.password
    case 'application-credential':
      return credentials.secret
    case 'token':
      return credentials.token
  }
}

/** Who logs in, for a person. */
export function nameOf(credentials: Credentials): string {
  switch (credentials.kind) {
    case 'password':
      return `${credentials.user} of project ${credentials.project}`
    case 'application-credential':
      return `application credential ${credentials.id}`
    case 'token':
      return `with a token for project ${credentials.project}`
  }
}
