// Decides how a Debian unit is bent: a drop-in that starts what we say, waits until it answers, and starts it again.
// Leaves what each service runs to its file.
import { command, file, shell, type Command, type HostStep, type RenderedFile } from '../core/step.ts'

export const awaitHttp = '/usr/local/lib/bateau/await-http'

export type UnitChange = {
  unit: string
  /** Services whose answers this one needs at its start; their units wait for their own answer, so order is readiness. */
  needs?: readonly string[]
  /** Replaces the package's command: argv without a shell. */
  start?: readonly string[]
  user?: string
  /** The unit counts as started when this URL answers below 500. */
  answers?: string
  more?: readonly string[]
}

export function dropIn(change: UnitChange): RenderedFile {
  const needs = (change.needs ?? []).join(' ')
  const lines = [
    '[Unit]',
    ...(needs === '' ? [] : [`Wants=${needs}`, `After=${needs}`]),
    // A dependency that is late must never leave a service down for good.
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    ...(change.start === undefined
      ? []
      : ['Type=simple', 'ExecStart=', `ExecStart=${change.start.join(' ')}`]),
    ...(change.user === undefined ? [] : [`User=${change.user}`, `Group=${change.user}`]),
    ...(change.answers === undefined
      ? []
      : [`ExecStartPost=${awaitHttp} ${change.answers}`, 'TimeoutStartSec=300']),
    'Restart=always',
    'RestartSec=3',
    ...(change.more ?? []),
  ]
  return file(`/etc/systemd/system/${change.unit}.d/bateau.conf`, lines.join('\n'))
}

/**
 * Installed before the packages: the unit is skipped, at installation and at every boot, until its own drop-in is there.
 * Without it a service would first run with its package's settings, on every address.
 */
export const heldBack = (unit: string): RenderedFile =>
  file(
    `/etc/systemd/system/${unit}.d/00-bateau-hold.conf`,
    ['[Unit]', `ConditionPathExists=/etc/systemd/system/${unit}.d/bateau.conf`].join('\n'),
  )

/** Waits for an answer, without end: the unit's TimeoutStartSec ends it. Any status below 400 is an answer. */
export const awaitHttpFile: RenderedFile = file(
  awaitHttp,
  `#!/bin/sh
# await-http URL: exits 0 as soon as URL answers
until curl -gsf -o /dev/null -m 5 "$1"; do sleep 0.3; done
`,
  '0755',
)

export const active = (...units: readonly string[]): Command[] =>
  units.map((unit) => command('systemctl', 'is-active', '--quiet', unit))

export const answers = (url: string): Command => command('curl', '-gsf', '-o', '/dev/null', '-m', '10', url)

/**
 * Starts units at every boot, and now anew, so that they have read the files just installed. `enable` costs seconds for
 * units that have an init script beside them, so it is asked first.
 */
export const restart = (...units: readonly string[]): Command[] => [
  command('systemctl', 'daemon-reload'),
  ...units.map((unit) => shell(`systemctl is-enabled --quiet ${unit} || systemctl enable --quiet ${unit}`)),
  { ...command('systemctl', 'restart', ...units), idleSeconds: 330 },
]

export const unitsStep: HostStep = {
  id: 'openstack/readiness',
  title: 'OpenStack: order by readiness',
  because: 'a unit counts as started when it answers, so that those after it find it',
  files: [awaitHttpFile],
  run: [],
  verify: [],
  after: ['openstack/packages'],
}
