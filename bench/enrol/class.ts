// Decides the class that everybody makes: the same networks, quotas, rules and keys, in one of two shapes.
// Leaves making it to the contestants.
import { Prefix } from '../../src/core/prefix.ts'

/**
 * `B`: a class network shared with each student's project. `G` and `A`: a network of each student's own besides, behind a
 * router of the group, or one of its own.
 */
export type Shape = 'B' | 'G' | 'A'

/** Students of a group, in shape G. */
export const groupSize = 17

export const loginOf = (course: string, n: number) => `${course}-s${String(n + 1).padStart(4, '0')}`
/** From 0. */
export const numberOf = (login: string) => Number(login.slice(-4)) - 1

export type Class = {
  /** Begins every name that is made. */
  name: string
  shape: Shape
  external: string
  pool: string
  /** Of the pool; the contestants that must be told a /64 take them from its end. */
  prefix: Prefix
  image: string
  flavor: string
  quota: {
    instances: number
    cores: number
    ram: number
    networks: number
    subnets: number
    routers: number
    ports: number
    groups: number
    rules: number
  }
}

export const numbersOf = (shape: Shape): Class['quota'] => ({
  instances: 2,
  cores: 2,
  ram: 512,
  networks: shape === 'B' ? 2 : 3,
  subnets: shape === 'B' ? 2 : 3,
  routers: shape === 'A' ? 2 : 1,
  ports: shape === 'B' ? 6 : 7,
  groups: 5,
  rules: 60,
})

/** A /64 of the pool's far half, where bateau's own begin at the near end. */
export function slashOf({ prefix }: Class, n: number): string {
  const all = prefix.count(64)
  return String(prefix.nth(64, all - 1n - BigInt(n)) ?? prefix)
}
