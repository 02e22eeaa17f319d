// Decides the policy of a class whose course file says nothing about it, for tests.
// Leaves the defaults themselves to course/class-schema.
import type { ClassPolicy } from '../course/class.ts'

export const plainPolicy: ClassPolicy = {
  work: 'student',
  ownNetwork: false,
  router: 'group',
  allow: [],
  quota: {
    instances: null,
    cores: null,
    ramMiB: null,
    volumes: null,
    diskGiB: null,
    networks: null,
    routers: null,
    ports: null,
    securityGroups: null,
    rules: null,
  },
  flavors: [],
  images: [],
  applicationCredentials: false,
  teachers: [],
  keep: 14,
  starter: { image: null, flavor: null, count: 0, network: null, atOnce: null },
}
