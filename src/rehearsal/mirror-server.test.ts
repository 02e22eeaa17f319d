import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { greeting } from './greeting.ts'
import { type MirrorConfig, mirrorServer } from './mirror-server.ts'

/** An archive that counts what it is asked, and can be told to lie about a length or to move a file. */
class Archive {
  readonly asked: string[] = []
  readonly server: Server
  constructor() {
    this.server = createServer((incoming, response) => {
      const url = incoming.url ?? ''
      this.asked.push(`${incoming.method} ${url}`)
      if (url.startsWith('/moved/')) response.writeHead(302, { location: url.replace('/moved', '') }).end()
      else if (url.startsWith('/lost')) response.writeHead(404).end('no\n')
      else if (url.startsWith('/cut')) {
        response.writeHead(200, { 'content-length': 100 }).write('part')
        setImmediate(() => response.destroy())
      } else response.writeHead(200, { 'content-length': Buffer.byteLength(url), etag: '"1"' }).end(url)
    })
  }
}

let archive: Archive
let mirror: Server
let packages = ''
let host = ''
const portOf = (server: Server) => (server.address() as AddressInfo).port
const listen = (server: Server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done))

async function start(change: Partial<MirrorConfig> = {}) {
  mirror = mirrorServer({
    archives: [{ host, https: false }],
    packages,
    proxy: null,
    trust: [],
    python: { index: `http://${host}/simple/`, proxy: null, direct: [], files: join(packages, '../python') },
    ...change,
  })
  await listen(mirror)
}

beforeEach(async () => {
  packages = join(mkdtempSync(join(tmpdir(), 'bateau-mirror-')), 'packages')
  archive = new Archive()
  await listen(archive.server)
  host = `127.0.0.1:${portOf(archive.server)}`
})
afterEach(() => {
  archive.server.closeAllConnections()
  archive.server.close()
  mirror.close()
  rmSync(join(packages, '..'), { recursive: true, force: true })
})

function ask(path: string, method = 'GET') {
  return new Promise<{ code: number; body: string }>((resolve, reject) => {
    const made = request(
      { host: '127.0.0.1', port: portOf(mirror), path, method, agent: false },
      (response) => {
        let body = ''
        response.setEncoding('utf8')
        response.on('data', (part: string) => (body += part))
        response.on('end', () => resolve({ code: response.statusCode ?? 0, body }))
        response.on('error', reject)
      },
    )
    made.on('error', reject)
    made.end()
  })
}
const kept = () => {
  try {
    return readdirSync(packages)
  } catch {
    return []
  }
}

describe('a package', () => {
  it('is fetched once and given from the cache ever after, byte for byte', async () => {
    await start()
    const url = `http://${host}/pool/a_1.0_amd64.deb`
    const first = await ask(url)
    // The client has its last byte a moment before the file is in its place.
    await expect.poll(() => kept().filter((name) => !name.endsWith('.part'))).toHaveLength(1)
    const answers = [first, await ask(url), await ask(url)]
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['/pool/a_1.0_amd64.deb']))
    expect(archive.asked).toEqual(['GET /pool/a_1.0_amd64.deb'])
  })

  it('that comes cut short is not kept, and the client sees that it is cut', async () => {
    await start()
    await expect(ask(`http://${host}/cut_1_all.deb`)).rejects.toThrow()
    await expect.poll(kept).toEqual([])
  })

  it('that is not there is not kept either', async () => {
    await start()
    expect(await ask(`http://${host}/lost_1_all.deb`)).toMatchObject({ code: 404, body: 'no\n' })
    expect(kept()).toEqual([])
  })

  it('is followed to where the archive moved it', async () => {
    await start()
    expect(await ask(`http://${host}/moved/b_1_all.deb`)).toMatchObject({ code: 200, body: '/b_1_all.deb' })
    await expect.poll(kept).toHaveLength(1)
  })

  it('of one name in two places is two packages', async () => {
    await start()
    await ask(`http://${host}/x/c_1_all.deb`)
    expect((await ask(`http://${host}/y/c_1_all.deb`)).body).toBe('/y/c_1_all.deb')
  })
})

it('an index is asked for each time', async () => {
  await start()
  const url = `http://${host}/dists/trixie/InRelease`
  await ask(url)
  expect((await ask(url)).body).toBe('/dists/trixie/InRelease')
  expect(archive.asked).toHaveLength(2)
})

describe('refused', () => {
  it.each([
    ['a host that apt does not know', 'http://other.example.org/debian/x.deb', 'GET', 403],
    ['a path of its own', '/etc/passwd', 'GET', 403],
    ['writing', 'http://HOST/x', 'POST', 405],
    ['writing to the Python index', '/pypi/simple/pbr/', 'POST', 405],
  ])('%s', async (_, url, method, code) => {
    await start()
    expect((await ask(url.replace('HOST', host), method)).code).toBe(code)
    expect(archive.asked).toEqual([])
  })

  it.each([
    ['a tunnel to another host', 'other.example.org:443'],
    ['a tunnel to another port', '127.0.0.1:22'],
  ])('%s', async (_, target) => {
    await start()
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(portOf(mirror), '127.0.0.1', () =>
        socket.write(`CONNECT ${target} HTTP/1.1\r\n\r\n`),
      )
      socket.on('data', (data) => resolve(data.toString().split('\r\n')[0] ?? ''))
    })
    expect(answer).toBe('HTTP/1.1 403 Forbidden')
  })

  it('an archive that is off: 502, with why', async () => {
    await start()
    archive.server.close()
    const answer = await ask(`http://${host}/x`)
    expect(answer.code).toBe(502)
    expect(answer.body).toContain('ECONNREFUSED')
  })
})

it("goes through the machine's own proxy, with its password", async () => {
  const through: string[] = []
  const proxy = createServer((incoming, response) => {
    through.push(`${incoming.url} ${incoming.headers['proxy-authorization']}`)
    response.end('by proxy')
  })
  await listen(proxy)
  await start({
    proxy: `http://me:secret@127.0.0.1:${portOf(proxy)}`,
    archives: [{ host: 'far.example.org', https: false }],
  })
  expect((await ask('http://far.example.org/debian/Release')).body).toBe('by proxy')
  expect(through).toEqual([
    `http://far.example.org/debian/Release Basic ${Buffer.from('me:secret').toString('base64')}`,
  ])
  proxy.closeAllConnections()
  proxy.close()
})

it('greets whoever comes to see that the internet is there', async () => {
  await start()
  expect(await ask('/')).toEqual({ code: 200, body: greeting })
})
