// Decides the text of a uWSGI configuration that serves one Python application on loopback.
// Leaves the unit that starts it to the engine, and TLS to the front.
import { ini } from './ini.ts'

export type UwsgiApp = {
  /** Shown as process name. */
  name: string
  /** `address:port`, IPv6 in brackets. */
  listen: string
  wsgiFile: string
  /** Directory to work in. */
  directory: string
  processes: number
  /** 1 for applications that are monkey-patched by eventlet: nova's RPC calls time out with more. */
  threads: number
  more?: Readonly<Record<string, string | number | boolean>>
}

/**
 * Options are those of the uWSGI 2.0 documentation. `http-socket` keeps no connection open, so each answer says so
 * (clients met resets otherwise). Logs go to standard error, that is, to the journal.
 */
export function uwsgi(app: UwsgiApp): string {
  return ini({
    uwsgi: {
      'http-socket': app.listen,
      plugins: 'python3',
      'wsgi-file': app.wsgiFile,
      chdir: app.directory,
      name: app.name,
      'procname-prefix': `${app.name} `,
      master: true,
      'lazy-apps': true,
      'need-app': true,
      'enable-threads': true,
      'thunder-lock': true,
      processes: app.processes,
      threads: app.threads,
      listen: 100,
      'buffer-size': 65535,
      'rem-header': 'Content-Length',
      'add-header': 'Connection: close',
      'paste-logger': true,
      'disable-logging': true,
      'die-on-term': true,
      'no-orphans': true,
      'close-on-exec': true,
      'close-on-exec2': true,
      ...app.more,
    },
  })
}
