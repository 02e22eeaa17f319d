// Decides the walls of Keystone and Glance: projects, users, roles and application credentials of others, and their images.
// Leaves those of the other services to their files, and what an answer means to wall.
import type { ServiceCall } from '../../cloud/session.ts'
import { decoyName, throughName, verifyTag, verifyText } from './mark.ts'
import { foreignIn, type Target, type Wall } from './wall.ts'

const call = (
  service: 'identity' | 'image',
  method: ServiceCall['method'],
  path: string,
  json?: object,
): ServiceCall => ({
  service,
  what: `${method} ${path}`,
  method,
  path,
  ...(json === undefined ? {} : { json }),
})
const keystone = (method: ServiceCall['method'], path: string, json?: object) =>
  call('identity', method, path, json)
const glance = (method: ServiceCall['method'], path: string, json?: object) =>
  call('image', method, path, json)

const made = ({ course }: Target) => ({
  name: throughName(course),
  description: verifyText(course, 'let through'),
})
const credentials = ({ decoy }: Target) => `/users/${decoy.user ?? ''}/application_credentials`

export const identityWalls: readonly Wall[] = [
  {
    name: 'project-list',
    deed: "list everybody's projects",
    about: ['project'],
    call: () => keystone('GET', '/projects'),
    foreign: (json, { me }) => foreignIn(json, 'projects', (one) => one['id'] !== me.projectId),
  },
  {
    name: 'project-get',
    deed: "see another's project",
    about: ['project'],
    call: ({ decoy }) => keystone('GET', `/projects/${decoy.project ?? ''}`),
  },
  {
    name: 'user-list',
    deed: 'list all users',
    about: ['user'],
    call: () => keystone('GET', '/users'),
    foreign: (json, { me }) => foreignIn(json, 'users', (one) => one['id'] !== me.userId),
  },
  {
    name: 'user-get',
    deed: 'see another user',
    about: ['user'],
    call: ({ decoy }) => keystone('GET', `/users/${decoy.user ?? ''}`),
  },
  {
    name: 'user-change',
    deed: 'change another user',
    about: ['user'],
    call: ({ decoy, course }) =>
      keystone('PATCH', `/users/${decoy.user ?? ''}`, {
        user: { description: verifyText(course, 'let through') },
      }),
  },
  {
    name: 'project-change',
    deed: "change another's project",
    about: ['project'],
    call: ({ decoy, course }) =>
      keystone('PATCH', `/projects/${decoy.project ?? ''}`, {
        project: { description: verifyText(course, 'let through') },
      }),
  },
  {
    name: 'project-add',
    deed: 'make a project',
    about: [],
    call: (target) => keystone('POST', '/projects', { project: made(target) }),
  },
  {
    name: 'user-add',
    deed: 'make a user',
    about: [],
    // Nobody could log in as it: it has no password.
    call: (target) => keystone('POST', '/users', { user: { ...made(target), enabled: false } }),
  },
  {
    name: 'role-add',
    deed: 'make a role',
    about: [],
    call: ({ course }) => keystone('POST', '/roles', { role: { name: throughName(course) } }),
  },
  {
    name: 'role-give',
    deed: "give oneself a role in another's project",
    about: ['project'],
    call: ({ decoy, me, roleId }) =>
      roleId === null
        ? null
        : keystone('PUT', `/projects/${decoy.project ?? ''}/users/${me.userId}/roles/${roleId}`),
  },
  {
    name: 'credential-list',
    deed: "list another's application credentials",
    about: ['credential'],
    call: (target) => keystone('GET', credentials(target)),
    foreign: (json, { course }) =>
      foreignIn(json, 'application_credentials', (one) => one['name'] === decoyName(course)),
  },
  {
    name: 'credential-get',
    deed: "see another's application credential",
    about: ['credential'],
    call: (target) => keystone('GET', `${credentials(target)}/${target.decoy.credential ?? ''}`),
  },
  {
    name: 'credential-delete',
    deed: "delete another's application credential",
    about: ['credential'],
    call: (target) => keystone('DELETE', `${credentials(target)}/${target.decoy.credential ?? ''}`),
  },
  {
    name: 'user-delete',
    deed: 'delete another user',
    about: ['user'],
    call: ({ decoy }) => keystone('DELETE', `/users/${decoy.user ?? ''}`),
  },
  {
    name: 'project-delete',
    deed: "delete another's project",
    about: ['project'],
    call: ({ decoy }) => keystone('DELETE', `/projects/${decoy.project ?? ''}`),
  },
]

const image = ({ decoy }: Target) => `/images/${decoy.image ?? ''}`

export const imageWalls: readonly Wall[] = [
  {
    name: 'image-list',
    deed: "see another's image in the list",
    about: ['image'],
    call: () => glance('GET', '/images'),
    foreign: (json, { decoy }) => foreignIn(json, 'images', (one) => one['id'] === decoy.image),
  },
  { name: 'image-get', deed: "see another's image", about: ['image'], call: (t) => glance('GET', image(t)) },
  {
    name: 'image-for-all',
    deed: 'make an image that everybody sees',
    about: [],
    call: ({ course }) =>
      glance('POST', '/images', {
        name: throughName(course),
        tags: [verifyTag(course)],
        visibility: 'public',
        disk_format: 'raw',
        container_format: 'bare',
      }),
  },
  {
    name: 'image-delete',
    deed: "delete another's image",
    about: ['image'],
    call: (target) => glance('DELETE', image(target)),
  },
]
