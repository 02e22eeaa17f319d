// Decides which part of a cloud a server is: all of it, the control plane, or a hypervisor of another server's cloud.
// Leaves choosing to the plan, which gives every server a cloud of its own so far.
import type { Address } from '../../core/prefix.ts'
import type { Site } from '../../core/site.ts'

export type Node =
  | { role: 'all-in-one' }
  /** Runs everything, and lets compute nodes in. */
  | { role: 'controller' }
  /** Runs instances only. Same passwords, same release, the controller's authority: read from its site. */
  | { role: 'compute'; controller: { site: Site; address: Address } }

export const alone: Node = { role: 'all-in-one' }
