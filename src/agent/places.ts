// Decides where the agent keeps what it reads and writes on a server.
// Leaves installing to delivery/agent, which names the same places.

export const agentPlaces = {
  config: '/etc/bateau/agent.json',
  /** Journal, ledger of repairs, list of proxied addresses. */
  directory: '/var/lib/bateau/agent',
  /** Held while somebody mends this server: the agent, or `bateau heal` from elsewhere. */
  lock: '/run/bateau-heal.lock',
} as const
