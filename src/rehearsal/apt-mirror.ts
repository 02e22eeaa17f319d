// Decides where Debian comes from: the archives and the proxy that this machine's own apt is configured with.
// Leaves fetching from them to base-image and the mirror daemon.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Trouble } from '../core/fault.ts'
import type { Shell } from '../core/shell.ts'
import { type AptSource, parseDeb822, parseOneLine } from './apt-sources.ts'

export type AptMirror = {
  /** Base URI of Debian itself: has `dists/trixie`. */
  main: string
  /** Base URI of Debian's security archive, where the machine has one. */
  security: string | null
  /** Proxy that apt goes through, as a URL. */
  proxy: string | null
}

/** Suites of Debian under which a source may stand, besides the code names. */
const suites = ['trixie', 'bookworm', 'bullseye', 'sid', 'stable', 'oldstable', 'testing', 'unstable']

/**
 * The Debian archive among the sources: any suite will do, as an archive holds them all. `named` (the course file's
 * rehearsal.mirror) goes before. Throws Trouble `no-debian-archive` where there is neither, as on Ubuntu.
 */
export function chooseMirror(
  sources: readonly AptSource[],
  proxy: (uri: string) => string | null,
  named: string | null = null,
): AptMirror {
  if (named !== null) return { main: named, security: null, proxy: proxy(named) }
  const web = sources.filter(({ uri, components }) => /^https?:/.test(uri) && components.includes('main'))
  const main = web.find(({ suite }) => suites.includes(suite))?.uri
  const security = web.find(({ suite }) => suites.some((name) => suite === `${name}-security`))?.uri
  if (main === undefined) throw new Trouble(noArchive)
  return { main, security: security ?? null, proxy: proxy(main) }
}

const noArchive = {
  code: 'no-debian-archive',
  title: 'no Debian archive is known here',
  why: "the rehearsal's servers are Debian, and the apt sources of this machine name no archive of Debian's",
  fix: 'name one near you in the course file, under rehearsal: mirror: http://…/debian',
}

/** Reads /etc/apt and apt-config(8). `root` is `/` but in tests. Throws as chooseMirror does. */
export async function readMirror(
  machine: Shell,
  env: NodeJS.ProcessEnv = {},
  named: string | null = null,
  root = '/',
): Promise<AptMirror> {
  const parts = join(root, 'etc/apt/sources.list.d')
  const names = await readdir(parts).catch(() => [] as string[])
  const read = (path: string) => readFile(path, 'utf8').catch(() => '')
  const sources = [parseOneLine(await read(join(root, 'etc/apt/sources.list')))]
  for (const name of names.toSorted()) {
    if (name.endsWith('.list')) sources.push(parseOneLine(await read(join(parts, name))))
    if (name.endsWith('.sources')) sources.push(parseDeb822(await read(join(parts, name))))
  }
  const dump = await machine.run(['apt-config', 'dump'])
  return chooseMirror(sources.flat(), proxyFrom(dump.stdout, env), named)
}

/** apt.conf(5): `Acquire::SCHEME::Proxy::HOST` before `Acquire::SCHEME::Proxy`, `DIRECT` for none; then the environment. */
export function proxyFrom(dump: string, env: NodeJS.ProcessEnv): (uri: string) => string | null {
  const settings = new Map(
    [...dump.matchAll(/^(\S+) "(.*)";$/gm)].map(([, key = '', value = '']) => [key.toLowerCase(), value]),
  )
  return (uri) => {
    const { protocol, hostname } = new URL(uri)
    const scheme = protocol.slice(0, -1)
    const own = settings.get(`acquire::${scheme}::proxy::${hostname}`)
    const general = settings.get(`acquire::${scheme}::proxy`)
    const found = [own, general, env[`${scheme}_proxy`]].find((value) => value !== undefined && value !== '')
    return found === undefined || found === 'DIRECT' ? null : found
  }
}
