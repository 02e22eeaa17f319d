// Decides where Python packages come from: the index, the proxy and the authorities that this machine's own pip is configured with.
// Leaves asking there to python-index.
import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'

export type PythonSource = {
  /** URL of a simple index (PEP 503), with a slash at its end; may hold a login, so it is never shown. */
  index: string
  /** `http://[user:password@]host:port` or null. */
  proxy: string | null
  /** Hosts and domains that are asked without the proxy; `*` is all. */
  direct: readonly string[]
}

export const publicIndex = 'https://pypi.org/simple/'

/** pip documentation, "Configuration": files from the weakest to the strongest, then the environment. `root` is `/` but in tests. */
export async function readPythonSource(env: NodeJS.ProcessEnv = {}, root = '/'): Promise<PythonSource> {
  const settings = await pipSettings(env, root)
  const named = settings.get('index-url') ?? publicIndex
  // What is not on the web (file:) is this machine's own affair, and cannot be given to others by its address.
  const index = /^https?:\/\//.test(named) && URL.canParse(named) ? named : publicIndex
  const scheme = index.startsWith('https:') ? 'https_proxy' : 'http_proxy'
  const proxy = settings.get('proxy') ?? variable(env, scheme) ?? variable(env, 'all_proxy')
  const around = variable(env, 'no_proxy') ?? ''
  return {
    index: index.replace(/\/*$/, '/'),
    proxy: proxy === undefined ? null : httpProxy(proxy),
    direct: around.split(/[\s,]+/).flatMap((name) => (name === '' ? [] : [name.replace(/^\*?\./, '')])),
  }
}

/** Files with authorities (PEM) that this machine believes; those that are there. */
export async function trustedFiles(env: NodeJS.ProcessEnv = {}, root = '/'): Promise<string[]> {
  const { SSL_CERT_FILE, NODE_EXTRA_CA_CERTS } = env
  const cert = (await pipSettings(env, root)).get('cert')
  const system = join(root, 'etc/ssl/certs/ca-certificates.crt')
  const named = [system, SSL_CERT_FILE, NODE_EXTRA_CA_CERTS, cert].filter((path) => path !== undefined)
  const there = await Promise.all(
    [...new Set(named)].map(async (path) => ((await isThere(path)) ? [path] : [])),
  )
  return there.flat()
}

async function pipSettings(env: NodeJS.ProcessEnv, root: string): Promise<Map<string, string>> {
  const { PIP_CONFIG_FILE, XDG_CONFIG_HOME, HOME, VIRTUAL_ENV } = env
  const user = HOME === undefined ? [] : [join(HOME, '.pip/pip.conf'), join(HOME, '.config/pip/pip.conf')]
  const files = [
    '/etc/xdg/pip/pip.conf',
    '/etc/pip.conf',
    ...(XDG_CONFIG_HOME === undefined ? user : [...user, join(XDG_CONFIG_HOME, 'pip/pip.conf')]),
    ...(VIRTUAL_ENV === undefined ? [] : [join(VIRTUAL_ENV, 'pip.conf')]),
    ...(PIP_CONFIG_FILE === undefined ? [] : [PIP_CONFIG_FILE]),
  ]
  // pip's own way to say "no file at all".
  const texts =
    PIP_CONFIG_FILE === '/dev/null' ? [] : await Promise.all(files.map((path) => read(join(root, path))))
  const set = texts.flatMap((text) => [...sectionsOf(text, ['global', 'install'])])
  for (const key of ['index-url', 'proxy', 'cert']) {
    const value = env[`PIP_${key.replace('-', '_').toUpperCase()}`]
    if (value !== undefined && value !== '') set.push([key, value])
  }
  return new Map(set)
}

/** Settings of the sections, the later section stronger; `index_url` is `index-url` to pip. */
export function sectionsOf(text: string, order: readonly string[]): Map<string, string> {
  const found: { section: string; key: string; value: string }[] = []
  let section = ''
  for (const line of text.split('\n')) {
    const header = /^\[([^\]]+)\]/.exec(line)?.[1]
    const [, key, value] = /^([^\s=:#;[][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? []
    if (header !== undefined) section = header
    else if (key !== undefined && value)
      found.push({ section, key: key.toLowerCase().replaceAll('_', '-'), value })
  }
  return new Map(
    order.flatMap((name) =>
      found.flatMap((one): [string, string][] => (one.section === name ? [[one.key, one.value]] : [])),
    ),
  )
}

/** Proxies of other kinds (SOCKS) are not spoken here. */
function httpProxy(text: string): string | null {
  const url = /^[a-z\d]+:\/\//i.test(text) ? text : `http://${text}`
  return url.startsWith('http://') && URL.canParse(url) ? url : null
}

function variable(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name] || env[name.toUpperCase()] || undefined
}

const read = (path: string) => readFile(path, 'utf8').catch(() => '')
const isThere = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
