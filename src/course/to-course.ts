// Decides how the keys of the file become the values of a course, defaults filled in.
// Leaves every check to schema and cross: whatever comes here is sound.
import { Money } from '../core/money.ts'
import { Address } from '../core/prefix.ts'
import type { Secret } from '../core/secret.ts'
import type { Course, Price, Server, Source } from './course.ts'
import type { Class } from './enrolment.ts'
import type { CourseFile } from './schema.ts'
import { toClouds, toDns, toHandouts, toJump, toMail, toPolicy, toSessions } from './to-class.ts'

/** Quad9 and Google, so that one of them may fail. */
const resolvers = ['2620:fe::fe', '2001:4860:4860::8888'].map((text) => Address.of(text))

export function toCourse(
  data: CourseFile,
  { students, groups, enrolment }: Class,
  duids: ReadonlyMap<string, Secret>,
  source: Source,
): Course {
  const currency = data.course.currency
  return {
    ...data.course,
    students,
    register: data.students.register ?? null,
    enrolment,
    groups,
    atOnce: data.students.at_once,
    instances: {
      perStudent: data.instances.per_student,
      vcpus: data.instances.vcpus,
      ramMiB: data.instances.ram,
      diskGiB: data.instances.disk,
      bootFrom: data.instances.boot_from,
      overcommit: data.instances.overcommit,
    },
    servers: data.servers.map((server) => toServer(server, currency, duids)),
    clouds: toClouds(data.clouds),
    class: toPolicy(data.class),
    sessions: toSessions(data.sessions),
    jump: toJump(data.jump),
    dns: toDns(data.dns),
    handouts: toHandouts(data.handouts),
    mail: toMail(data.mail),
    engine: {
      kind: data.engine.kind === 'adopted' ? 'packages' : data.engine.kind,
      release: data.engine.release ?? (data.engine.kind === 'devstack' ? '2026.1' : '2025.1'),
      cinder: data.engine.cinder,
      gitBase: data.engine.git_base ?? null,
      pipIndex: data.engine.pip_index ?? null,
      imageUrls: data.engine.image_urls,
    },
    networks: {
      ...data.networks,
      resolvers: data.networks.resolvers ?? resolvers,
    },
    access: { ...data.access, key: data.access.key ?? null, jump: data.access.jump ?? null },
    check: {
      vantages: data.check.vantages.map((one) => ({ ...one, country: one.country ?? null })),
      globalping: {
        enabled: data.check.globalping.enabled,
        locations: data.check.globalping.locations,
        tokenFile: data.check.globalping.token_file ?? null,
      },
    },
    budget: data.budget === undefined ? null : Money.of(data.budget, currency),
    ledger: data.ledger.map(({ what, amount, date }) => ({
      what,
      amount: Money.of(amount, currency),
      date: date ?? null,
    })),
    accept: data.accept,
    rehearsal: { mirror: data.rehearsal.mirror ?? null, git: data.rehearsal.git ?? null },
    source: { file: source.file, at: (path) => source.at(path) },
  }
}

type ServerFile = CourseFile['servers'][number]

function toServer(server: ServerFile, currency: string, duids: ReadonlyMap<string, Secret>): Server {
  const { ipv6, addressing } = server
  return {
    name: server.name,
    role: server.role,
    provider: server.provider,
    os: server.os ?? null,
    offer: server.offer ?? null,
    address: server.address ?? null,
    mac: server.mac ?? null,
    cores: server.cores ?? null,
    ramMiB: server.ram ?? null,
    disks: server.disks?.map(({ kind, size, count }) => ({ kind, sizeGiB: size, count })) ?? null,
    price: toPrice(server.price, currency),
    ipv6: ipv6
      ? {
          delivery: ipv6.delivery,
          block: ipv6.block ?? null,
          duid: ipv6.duid ?? duids.get(server.name) ?? null,
          gateway: ipv6.gateway,
          nextHop: ipv6.next_hop ?? null,
          client: ipv6.client ?? null,
          proxy: ipv6.proxy ?? null,
          uplink: ipv6.uplink ?? null,
        }
      : null,
    layout: addressing
      ? {
          public: addressing.public ?? null,
          publicGateway: addressing.public_gateway ?? null,
          transit: addressing.transit ?? null,
          pool: addressing.pool ?? null,
          bridgePorts: addressing.bridge_ports,
        }
      : null,
  }
}

function toPrice(price: ServerFile['price'], currency: string): Price | null {
  if (!price) return null
  const setup = Money.of(price.setup, currency)
  if (price.monthly !== undefined)
    return { per: 'month', rate: Money.of(price.monthly, currency), times: price.months ?? null, setup }
  if (price.hourly !== undefined)
    return { per: 'hour', rate: price.hourly, times: price.hours ?? null, setup }
  return { per: 'course', rate: Money.of(price.total ?? 0, currency), setup }
}
