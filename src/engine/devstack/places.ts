// Decides where DevStack's things are on a server: DevStack's own places, and bateau's beside them.
// Leaves what is in them to the other files.

/** Home of the user that stack.sh runs as; DevStack's own default of DEST (stackrc). */
export const dest = '/opt/stack'
export const user = 'stack'

export const places = {
  checkout: `${dest}/devstack`,
  /** One environment for all services and the command line client (GLOBAL_VENV, default since 2024.2). */
  venv: `${dest}/data/venv`,
  /** As bateau renders it, root's alone; copied into the checkout. */
  localConf: '/etc/bateau/devstack/local.conf',
  /** A link to the newest log; its summary is beside it. */
  log: `${dest}/logs/stack.sh.log`,
  driver: '/usr/local/lib/bateau/stack',
  drive: '/etc/bateau/devstack/drive.json',
  /** What the driver remembers: that it has stacked, how long each phase took, how far an attempt came. */
  memory: '/var/lib/bateau/devstack',
} as const

/** Python of the services' environment. */
export const python = `${places.venv}/bin/python`
