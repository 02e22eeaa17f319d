// Decides the one public door: nginx with TLS on port 443, the dashboard at `/`, the APIs under their service types.
// Leaves what stands behind it to each engine, the certificate to certificate.ts, who may reach the port to delivery/'s firewall.
import type { Site } from '../core/site.ts'
import { command, file, shell, type HostStep } from '../core/step.ts'
import { certificateScript, paths } from './certificate.ts'
import { active, dropIn, restart } from './units.ts'

/** Outer scheme, host and path, so that links in answers lead back through the front. */
const forwarded = (prefix = '') =>
  [
    'proxy_set_header Host $http_host;',
    'proxy_set_header X-Forwarded-Proto https;',
    'proxy_set_header X-Forwarded-Host $http_host;',
    'proxy_set_header X-Forwarded-For $remote_addr;',
    `proxy_set_header X-Forwarded-Prefix "${prefix}";`,
  ].map((line) => `        ${line}`)

export function location(match: string, lines: readonly string[]): string[] {
  return [`    location ${match} {`, ...lines, '    }']
}

/** What the front leads to, all of it on the server's loopback. */
export type Backends = {
  apis: readonly {
    /** Path at the front, without a slash at its end. */
    outer: string
    /** URL that stands in its place, without a slash at its end. */
    inner: string
    /** Said to the service as X-Forwarded-Prefix; empty where it knows its path already. */
    prefix: string
  }[]
  /** URL of the console proxy, without a slash at its end. */
  console: string
  /** The dashboard's own locations, as nginx reads them. */
  dashboard: (proxied: (url: string) => string[]) => readonly string[]
  /** Ids of steps that must be done before the certificate is made, and before the front opens. */
  begin: string
  after: readonly string[]
}

function apiLocations({ apis }: Backends): string[] {
  return apis.flatMap(({ outer, inner, prefix }) => [
    ...location(`= ${outer}`, [
      `        proxy_pass ${hasPath(inner) ? inner : `${inner}/`};`,
      ...forwarded(prefix),
    ]),
    ...location(`${outer}/`, [`        proxy_pass ${inner}/;`, ...forwarded(prefix)]),
  ])
}

const hasPath = (url: string) => new URL(url).pathname !== '/'

function nginx(backends: Backends): string {
  return [
    'map $http_upgrade $bateau_connection { default upgrade; "" close; }',
    '',
    'server {',
    '    listen [::]:443 ssl ipv6only=on;',
    '    listen 0.0.0.0:443 ssl;',
    '    server_name _;',
    `    ssl_certificate ${paths.chain};`,
    `    ssl_certificate_key ${paths.key};`,
    '    ssl_protocols TLSv1.2 TLSv1.3;',
    '    ssl_session_cache shared:bateau:2m;',
    '    server_tokens off;',
    // Images are sent through here as they are: no limit, no copy on disk first.
    '    client_max_body_size 0;',
    '    proxy_request_buffering off;',
    '    proxy_buffering off;',
    '    proxy_read_timeout 300s;',
    '    proxy_http_version 1.1;',
    ...apiLocations(backends),
    ...location('/console/', [
      `        proxy_pass ${backends.console}/;`,
      ...forwarded(),
      '        proxy_set_header Upgrade $http_upgrade;',
      '        proxy_set_header Connection $bateau_connection;',
      '        proxy_read_timeout 1h;',
    ]),
    ...backends.dashboard((url) => [`        proxy_pass ${url};`, ...forwarded()]),
    '}',
  ].join('\n')
}

export function frontSteps(site: Site, backends: Backends): HostStep[] {
  const name = 'nginx.service'
  return [
    {
      id: 'openstack/front/certificate',
      title: "Front: the course's authority and the server's certificate",
      because: 'browsers and clients can tell this server from another; the keys never leave it',
      files: [],
      run: [shell(certificateScript(site))],
      verify: [
        // Thirty days ahead, so that it is made anew in time.
        command('openssl', 'x509', '-in', paths.certificate, '-noout', '-checkend', String(30 * 24 * 3600)),
        command(
          'openssl',
          'verify',
          '-CAfile',
          paths.ca,
          '-verify_ip',
          String(site.addressing.service),
          paths.certificate,
        ),
      ],
      after: [backends.begin],
    },
    {
      id: 'openstack/front',
      title: 'Front: TLS for dashboard and APIs',
      because: 'the only door of the control plane that faces outside',
      files: [file('/etc/nginx/conf.d/bateau.conf', nginx(backends)), dropIn({ unit: name })],
      run: [
        // Debian's welcome page listens on port 80.
        command('rm', '-f', '/etc/nginx/sites-enabled/default'),
        command('nginx', '-t', '-q'),
        ...restart(name),
      ],
      verify: [
        ...active(name),
        command('test', '!', '-e', '/etc/nginx/sites-enabled/default'),
        shell(
          `curl -gsf -o /dev/null -m 10 --cacert ${paths.ca} --resolve '*:443:[::1]' 'https://${site.name}/identity/v3'`,
        ),
      ],
      after: ['openstack/front/certificate', ...backends.after],
    },
  ]
}
