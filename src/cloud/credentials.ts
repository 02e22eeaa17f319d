// Decides how one logs in to Keystone: by password, application credential or token.
// Leaves tokens and their renewal to session.
import type { Secret } from '../core/secret.ts'

/** By its name, or by its id. */
export type Domain = string | { id: string }

/** `user` and `project` are names, or ids where `userId` and `projectId` say so; domain `Default` where absent. */
type User = { user: string; userId?: true; userDomain?: Domain }
type Project = { project: string; projectId?: true; projectDomain?: Domain }

export type Credentials =
  | ({ kind: 'password'; password: Secret } & User & Project)
  | { kind: 'application-credential'; id: string; secret: Secret }
  | ({ kind: 'named-application-credential'; name: string; secret: Secret } & User)
  | ({ kind: 'token'; token: Secret } & Project)

/** Body of POST /v3/auth/tokens (OpenStack Identity API v3). */
export function authBody(credentials: Credentials): object {
  switch (credentials.kind) {
    case 'password':
      return {
        auth: {
          identity: {
            methods: ['password'],
            password: { user: { ...userOf(credentials), password: credentials.password.reveal() } },
          },
          scope: scopeOf(credentials),
        },
      }
    case 'application-credential':
      return byApplication({ id: credentials.id, secret: credentials.secret.reveal() })
    case 'named-application-credential':
      return byApplication({
        name: credentials.name,
        secret: credentials.secret.reveal(),
        user: userOf(credentials),
      })
    case 'token':
      return {
        auth: {
          identity: { methods: ['token'], token: { id: credentials.token.reveal() } },
          scope: scopeOf(credentials),
        },
      }
  }
}

const byApplication = (application_credential: object) => ({
  auth: { identity: { methods: ['application_credential'], application_credential } },
})

const domainOf = (domain: Domain = 'Default') => (typeof domain === 'string' ? { name: domain } : domain)

const userOf = ({ user, userId, userDomain }: User) =>
  userId ? { id: user } : { name: user, domain: domainOf(userDomain) }

const scopeOf = ({ project, projectId, projectDomain }: Project) => ({
  project: projectId ? { id: project } : { name: project, domain: domainOf(projectDomain) },
})

export function secretOf(credentials: Credentials): Secret {
  switch (credentials.kind) {
    case 'password':
      return credentials.password
    case 'application-credential':
    case 'named-application-credential':
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
    case 'named-application-credential':
      return `application credential ${credentials.name} of ${credentials.user}`
    case 'token':
      return `with a token for project ${credentials.project}`
  }
}
