// Decides what is said of each seat and instance of the class.
// Leaves looking to status, and how it looks to status-text.
import type { Verdict } from '../../core/verdict.ts'

export type InstanceRow = {
  id: string
  name: string
  state: string
  starter: boolean
  image: string | null
  flavor: string | null
  addresses: string[]
  /** When it first ran, or was asked for where it never did; ISO 8601, UTC. */
  since: string | null
  /** Of its state's last change. */
  changed: string | null
  /** TCP 22 of the first address, from outside; null where it does not run or has no address. */
  reachable: Verdict | null
}
export type SeatRow = {
  cloud: string
  group: string | null
  seat: string
  /** `open`: may log in. */
  students: { login: string; open: boolean | null }[]
  enrolled: boolean
  frozen: boolean
  kept: string | null
  instances: InstanceRow[]
  networks: string[]
  routers: string[]
  volumes: string[]
}
