// Decides how the keys of the file about the class become values, defaults filled in.
// Leaves the other sections to to-course.
import type { AdoptedCloud, ClassPolicy, ClassSession, Dns, Handouts, Jump, Mail } from './class.ts'
import type { CourseFile } from './schema.ts'

export function toPolicy(data: CourseFile['class']): ClassPolicy {
  const { quota, starter } = data
  return {
    work: data.work,
    ownNetwork: data.own_network,
    router: data.router,
    allow: data.allow.map(({ protocol, port, to, from, why }) => ({
      protocol,
      port,
      to: to ?? port,
      from: from ?? null,
      why,
    })),
    quota: {
      instances: quota.instances ?? null,
      cores: quota.cores ?? null,
      ramMiB: quota.ram ?? null,
      volumes: quota.volumes ?? null,
      diskGiB: quota.disk ?? null,
      networks: quota.networks ?? null,
      routers: quota.routers ?? null,
      ports: quota.ports ?? null,
      securityGroups: quota.security_groups ?? null,
      rules: quota.rules ?? null,
    },
    flavors: data.flavors.map(({ name, vcpus, ram, disk }) => ({ name, vcpus, ramMiB: ram, diskGiB: disk })),
    images: data.images.map(({ name, file, user, min_ram, min_disk }) => ({
      name,
      file,
      user: user ?? null,
      minRamMiB: min_ram ?? 0,
      minDiskGiB: min_disk ?? 0,
    })),
    applicationCredentials: data.application_credentials,
    teachers: data.teachers.map(({ login, name, email, key }) => ({
      login,
      name,
      email: email ?? null,
      sshKey: key ?? null,
    })),
    keep: data.keep,
    starter: {
      image: starter.image ?? null,
      flavor: starter.flavor ?? null,
      count: starter.count,
      network: starter.network ?? null,
      atOnce: starter.at_once ?? null,
    },
  }
}

export const toSessions = (data: CourseFile['sessions']): ClassSession[] =>
  data.map(({ day, from, to, weekly_until, groups, title, boot, close_after }) => ({
    day,
    from,
    to,
    weeklyUntil: weekly_until ?? null,
    groups: groups ?? null,
    title: title ?? null,
    boot,
    closeAfter: close_after,
  }))

export const toClouds = (data: CourseFile['clouds']): AdoptedCloud[] =>
  data.map(({ name, entry, file, seats, external, pool, direct, image, flavor }) => ({
    name,
    entry: entry ?? name,
    file: file ?? null,
    seats: seats ?? null,
    external: external ?? null,
    pool: pool ?? null,
    direct: direct ?? null,
    image: image ?? null,
    flavor: flavor ?? null,
  }))

export const toJump = (data: CourseFile['jump']): Jump | null =>
  data === undefined ? null : { ...data, host: data.host ?? null }

export const toDns = (data: CourseFile['dns']): Dns | null =>
  data === undefined
    ? null
    : { ...data, server: data.server ?? null, api: data.api ?? null, reverse: data.reverse ?? null }

export const toHandouts = (data: CourseFile['handouts']): Handouts => ({
  ...data,
  contact: data.contact ?? null,
})

export const toMail = (data: CourseFile['mail']): Mail | null =>
  data === undefined
    ? null
    : {
        server: data.server,
        port: data.port,
        tls: data.tls,
        user: data.user ?? null,
        passwordFile: data.password_file ?? null,
        from: data.from,
        perMinute: data.per_minute,
      }
