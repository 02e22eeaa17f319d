// Decides what the driver on the server is told: what to run, which phases to expect, when to give up, what is known to fail.
// Leaves doing it to driver-script.ts.
import { agentUnit } from '../../core/site.ts'
import { file, type RenderedFile } from '../../core/step.ts'
import { failures } from './failures.ts'
import { noReturn, phases, typicalSeconds } from './phases.ts'
import { dest, places, user } from './places.ts'
import type { DevstackSite } from './release-facts.ts'
import { devstackUnits } from './units.ts'

/**
 * Seconds without a line in any log. Compiling a wheel or compressing Horizon's files says nothing for minutes on a slow
 * disk; the gate's own time-out for all of stack.sh is two hours.
 */
const idleSeconds = 1200
/** Seconds between two lines that say how far it is. */
const everySeconds = 4

/** A login of the user stack without anything of root's environment. FORCE_PREREQ: packages are looked at on every run. */
const asStack = [
  'runuser',
  '-u',
  user,
  '--',
  'env',
  '-i',
  `HOME=${dest}`,
  `USER=${user}`,
  `LOGNAME=${user}`,
  'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'LANG=C.UTF-8',
  'LC_ALL=C.UTF-8',
  'TERM=dumb',
  'FORCE_PREREQ=1',
] as const

export function driveFile(site: DevstackSite): RenderedFile {
  const value = {
    release: site.engine.release,
    checkout: places.checkout,
    conf: places.localConf,
    log: places.log,
    memory: places.memory,
    stack: [...asStack, './stack.sh'],
    clear: [...asStack, './unstack.sh'],
    phases,
    typical: typicalSeconds,
    no_return: noReturn,
    idle_seconds: idleSeconds,
    every_seconds: everySeconds,
    // It would start services again in the middle of it; its own step starts it when all is there.
    quiet: [agentUnit],
    // Stopped whatever state they are in, and without what has them start again: unstack.sh passes over one that is being restarted.
    own: 'devstack@*.service',
    units: devstackUnits(site),
    failures: failures.map(({ code, pattern, again }) => ({ code, pattern, again: again ? 1 : 0 })),
  }
  return file(places.drive, JSON.stringify(value, null, 2))
}
