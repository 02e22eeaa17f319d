// Decides what the rules are given of a file: its settings, its services, and what the release knows.
// Leaves judging to them.
import { sourceOf, knownIn } from '../names/source.ts'
import type { Extract } from '../names/extract.ts'
import type { Release } from '../release.ts'
import type { Given } from './finding.ts'
import { readServices } from './services.ts'
import { readSettings } from './settings.ts'
import type { LocalConf } from './statement.ts'

export type LintOptions = {
  release: Release
  nearest: Given['nearest']
  hasLocalrc?: boolean
  /** What a checkout at hand reads, instead of the recorded table. */
  known?: Extract | undefined
}

/** Defaults that DevStack computes from others, where that can be said. */
const computed: Record<string, string> = {
  IP_VERSION: '4+6',
  VIRT_DRIVER: 'libvirt',
  SERVICE_IP_VERSION: '4',
  TUNNEL_IP_VERSION: '4',
}

export function givenOf(conf: LocalConf, options: LintOptions): Given {
  const settings = readSettings(conf)
  const services = readServices(conf, settings, options.release)
  const known = options.known ?? knownIn(options.release)
  const value = (name: string): string | null => {
    const set = settings.final.get(name)
    if (set && set.text !== '') return set.text
    return known.names.get(name)?.default ?? computed[name] ?? null
  }
  return {
    conf,
    release: options.release,
    settings,
    services,
    known,
    knows: (name) => known.names.get(name),
    value,
    set: (name) => settings.final.get(name),
    source: (cite) => sourceOf(cite, options.release),
    isOn: (...names) => names.some((name) => services.on.has(name)),
    nearest: options.nearest,
    hasLocalrc: options.hasLocalrc ?? false,
  }
}
