import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { publicIndex, readPythonSource, sectionsOf, trustedFiles } from './python-source.ts'

let root = ''
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'bateau-pip-'))))
afterEach(() => rmSync(root, { recursive: true, force: true }))
function write(path: string, text: string) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}
const index = async (env: NodeJS.ProcessEnv = {}) => (await readPythonSource(env, root)).index

describe('the index', () => {
  it('is PyPI where pip is not told otherwise', async () => {
    expect(await readPythonSource({}, root)).toEqual({ index: publicIndex, proxy: null, direct: [] })
  })

  it("is that of pip's strongest file, and of the environment before all", async () => {
    const env = { HOME: '/home/me', VIRTUAL_ENV: '/venv' }
    const name = (who: string) => `[global]\nindex-url = https://${who}.example.org/simple\n`
    const seen: string[] = []
    for (const path of [
      '/etc/xdg/pip/pip.conf',
      '/etc/pip.conf',
      '/home/me/.pip/pip.conf',
      '/home/me/.config/pip/pip.conf',
      '/venv/pip.conf',
    ]) {
      write(path, name(`n${seen.length}`))
      seen.push(await index(env))
    }
    seen.push(await index({ ...env, PIP_INDEX_URL: 'https://env.example.org/simple/' }))
    seen.push(await index({ ...env, PIP_CONFIG_FILE: '/dev/null' }))
    expect(seen).toEqual([
      ...[0, 1, 2, 3, 4].map((i) => `https://n${i}.example.org/simple/`),
      'https://env.example.org/simple/',
      publicIndex,
    ])
  })

  it('on the disk of this machine is not one that can be handed on', async () => {
    write('/etc/pip.conf', '[global]\nindex-url = file:///srv/simple\n')
    expect(await index()).toBe(publicIndex)
  })
})

it("settings are read as pip reads them, [install] before [global], and other sections are not pip's install", () => {
  const text = `# index-url = https://no.example.org
[install]
index_url: https://install.example.org
[download]
index-url = https://no.example.org
[global]
index-url=https://global.example.org
 ; proxy = http://no.example.org
Proxy = http://p.example.org:3128
timeout =
`
  expect([...sectionsOf(text, ['global', 'install'])]).toEqual([
    ['index-url', 'https://install.example.org'],
    ['proxy', 'http://p.example.org:3128'],
  ])
})

describe('the proxy', () => {
  it.each<[string, NodeJS.ProcessEnv, string | null]>([
    [
      "is pip's own",
      { PIP_PROXY: 'http://pip.example.org:1', https_proxy: 'http://env.example.org:2' },
      'http://pip.example.org:1',
    ],
    ["is the environment's", { HTTPS_PROXY: 'http://env.example.org:2' }, 'http://env.example.org:2'],
    ['may be named without its scheme', { https_proxy: 'env.example.org:2' }, 'http://env.example.org:2'],
    ['of http is not for https', { http_proxy: 'http://env.example.org:2' }, null],
    ['that is SOCKS is none', { all_proxy: 'socks5://env.example.org:2' }, null],
  ])('%s', async (_, env, expected) => {
    expect((await readPythonSource(env, root)).proxy).toBe(expected)
  })

  it('is gone around for the hosts and domains that are named', async () => {
    const env = { no_proxy: 'localhost, .example.org,*.example.com' }
    expect((await readPythonSource(env, root)).direct).toEqual(['localhost', 'example.org', 'example.com'])
  })
})

it("authorities are the machine's and those that the environment or pip name, if they are there", async () => {
  write('/etc/ssl/certs/ca-certificates.crt', '')
  write('/school.pem', '')
  write('/etc/pip.conf', `[global]\ncert = ${join(root, 'school.pem')}\n`)
  const env = { SSL_CERT_FILE: join(root, 'not-there.pem'), NODE_EXTRA_CA_CERTS: join(root, 'school.pem') }
  expect(await trustedFiles(env, root)).toEqual([
    join(root, 'etc/ssl/certs/ca-certificates.crt'),
    join(root, 'school.pem'),
  ])
})
