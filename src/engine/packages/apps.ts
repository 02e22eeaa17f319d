// Decides how an OpenStack API runs as a uWSGI application on Debian's unit: on ::1, as its own user.
// Leaves which applications there are to the services.
import { file, type RenderedFile } from '../../core/step.ts'
import { uwsgi, type UwsgiApp } from '../../render/uwsgi.ts'
import { internalUrl } from '../urls.ts'
import { dropIn } from '../units.ts'

export type Api = Omit<UwsgiApp, 'listen' | 'directory' | 'name'> & {
  /** Debian's unit, without `.service`; also names the application. */
  unit: string
  user: string
  port: number
  needs: readonly string[]
}

/** Debian's own command binds every IPv4 address and 8 to 16 processes; this one replaces it. */
export function apiFiles({ unit, user, port, needs, ...app }: Api): RenderedFile[] {
  const path = `/etc/bateau/uwsgi/${unit}.ini`
  return [
    file(path, uwsgi({ ...app, name: unit, listen: `[::1]:${port}`, directory: `/var/lib/${user}` })),
    dropIn({
      unit: `${unit}.service`,
      needs,
      start: ['/usr/bin/uwsgi_python3', '--ini', path],
      answers: internalUrl(port, '/'),
      more: ['KillSignal=SIGTERM', 'KillMode=mixed'],
    }),
  ]
}
