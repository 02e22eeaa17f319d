import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type RequestListener, type Server } from 'node:http'
import { createServer as createSecure } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { localShell } from '../host/spawn.ts'
import { mirrorServer } from './mirror-server.ts'
import { projectOf } from './python-index.ts'
import type { PythonSource } from './python-source.ts'

/** An index of one project at /simple/, its files on another host; counts what it is asked. */
class Index {
  readonly asked: string[] = []
  readonly logins: string[] = []
  files = ''
  readonly answer: RequestListener = (incoming, response) => {
    const url = incoming.url ?? ''
    this.asked.push(`${incoming.method} ${url}`)
    if (incoming.headers.authorization !== undefined) this.logins.push(incoming.headers.authorization)
    const html = { 'content-type': 'text/html' }
    const page = `<a href="http://${this.files}/p/pbr-1.tar.gz#sha256=00" data-requires-python="&gt;=3">pbr-1.tar.gz</a>`
    if (url === '/simple/pbr/') response.writeHead(200, html).end(page)
    else if (url === '/simple/packed/')
      response.writeHead(200, { ...html, 'content-encoding': 'gzip' }).end(gzipSync(page))
    else if (url === '/simple/old-name/') response.writeHead(301, { location: '/simple/pbr/' }).end()
    else if (url === '/simple/away/')
      response.writeHead(302, { location: `http://${this.files}/simple/away/` }).end()
    else if (url === '/simple/json/')
      response.writeHead(200, { 'content-type': 'application/vnd.pypi.simple.v1+json' }).end('{}')
    else if (url === '/simple/broken/') response.writeHead(500).end()
    else if (url === '/simple/cut/') {
      response.writeHead(200, { ...html, 'content-length': 900 }).write(page)
      setImmediate(() => response.destroy())
    } else response.writeHead(404).end('no\n')
  }
}

const files: RequestListener = (incoming, response) => {
  const url = incoming.url ?? ''
  fileAsked.push(`${incoming.method} ${url} ${incoming.headers['accept-encoding']} ${incoming.headers.range}`)
  if (incoming.headers.authorization !== undefined)
    index.logins.push(`at files ${incoming.headers.authorization}`)
  if (url.startsWith('/p/cut')) {
    response.writeHead(200, { 'content-length': 100 }).write('part')
    setImmediate(() => response.destroy())
  } else if (url.startsWith('/p/chunks')) {
    response.write('in ')
    setImmediate(() => response.end('chunks'))
  } else if (url.startsWith('/p/')) response.writeHead(200, { 'content-length': url.length }).end(url)
  else response.writeHead(404).end('no\n')
}
const fileAsked: string[] = []

let index: Index
let place = ''
const open: Server[] = []
const portOf = (server: Server) => (server.address() as AddressInfo).port
async function listening(server: Server): Promise<string> {
  open.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return `127.0.0.1:${portOf(server)}`
}
const close = (server: Server) => {
  server.closeAllConnections()
  return new Promise<void>((done) => server.close(() => done()))
}

let indexServer: Server
let fileServer: Server
let mirror: Server
async function start(change: Partial<PythonSource> = {}, trust: string[] = []) {
  const source = {
    index: `http://127.0.0.1:${portOf(indexServer)}/simple/`,
    proxy: null,
    direct: [],
    ...change,
  }
  const python = { ...source, files: join(place, 'python') }
  mirror = mirrorServer({ archives: [], packages: join(place, 'packages'), proxy: null, trust, python })
  await listening(mirror)
}

beforeEach(async () => {
  place = mkdtempSync(join(tmpdir(), 'bateau-python-'))
  index = new Index()
  fileAsked.length = 0
  indexServer = createServer(index.answer)
  fileServer = createServer(files)
  await listening(indexServer)
  index.files = await listening(fileServer)
  await start()
})
afterEach(async () => {
  await Promise.all(open.splice(0).map(close))
  rmSync(place, { recursive: true, force: true })
})

function ask(path: string, method = 'GET', headers: Record<string, string> = {}) {
  return new Promise<{ code: number; body: string }>((resolve, reject) => {
    const made = request(
      { host: '127.0.0.1', port: portOf(mirror), path, method, headers, agent: false },
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
const fileOf = (path: string) => `/pypi/files/${encodeURIComponent(index.files)}${path}`
const kept = () => readdir(join(place, 'python')).catch(() => [])
const whole = async () => (await kept()).filter((name) => !name.endsWith('.part')).length

describe('a page', () => {
  it('names the files by our own address, hash and data kept', async () => {
    const { code, body } = await ask('/pypi/simple/pbr/')
    expect(code).toBe(200)
    expect(body).toContain(`<a href="${fileOf('/p/pbr-1.tar.gz')}#sha256=00" data-requires-python="&gt;=3">`)
  })

  it.each([
    ['/pypi/simple/PBR', 'another spelling'],
    ['/pypi/simple/Old_Name/', 'where it was moved to'],
    ['/pypi/simple/packed/', 'packed although that was not asked for'],
  ])('%s: %s', async (path) => {
    expect(await ask(path)).toMatchObject({ code: 200, body: expect.stringContaining('pbr-1.tar.gz') })
  })

  it('is asked for anew each time, and a HEAD of it has no body', async () => {
    await ask('/pypi/simple/pbr/')
    expect(await ask('/pypi/simple/pbr/', 'HEAD')).toEqual({ code: 200, body: '' })
    expect(index.asked).toEqual(['GET /simple/pbr/', 'GET /simple/pbr/'])
  })

  it.each([
    ['that is not there', 'nothing', 404, 'no such project'],
    ['that comes as JSON', 'json', 502, 'JSON'],
    ['that the index fails on', 'broken', 502, 'answers 500'],
    ['that comes cut short', 'cut', 502, 'could not be asked'],
  ])('%s: said so', async (_, name, code, words) => {
    expect(await ask(`/pypi/simple/${name}/`)).toMatchObject({ code, body: expect.stringContaining(words) })
  })

  it('of an index that is off: 502, with why', async () => {
    await close(indexServer)
    const { code, body } = await ask('/pypi/simple/pbr/')
    expect(code).toBe(502)
    expect(body).toMatch(/could not be asked: .*ECONNREFUSED/)
  })

  it.each([
    '..',
    '../pbr',
    '%2e%2e%2fpbr',
    'pbr%2f..%2fx',
    '%',
    'p%00br',
    'p br',
    '-pbr',
    'pbr/json',
    '@x',
    'é',
  ])('of the name %s is not asked for', async (name) => {
    expect((await ask(encodeURI(`/pypi/simple/${name}/`).replaceAll('%25', '%'))).code).toBe(404)
    expect(index.asked).toEqual([])
  })

  it('has its name normalised', () => {
    expect(['Oslo.Config', 'oslo__config', 'zope-.interface'].map(projectOf)).toEqual([
      'oslo-config',
      'oslo-config',
      'zope-interface',
    ])
  })
})

describe('a file', () => {
  it('is fetched once and whole, and given from the cache when its host and the mirror are new', async () => {
    await ask('/pypi/simple/pbr/')
    const first = await ask(fileOf('/p/pbr-1.tar.gz'), 'GET', {
      range: 'bytes=2-',
      'accept-encoding': 'gzip',
    })
    await expect.poll(whole).toBe(1)
    await close(fileServer)
    await close(mirror)
    await start()
    const answers = [first, await ask(fileOf('/p/pbr-1.tar.gz'))]
    expect(new Set(answers.map(({ code, body }) => `${code} ${body}`))).toEqual(
      new Set(['200 /p/pbr-1.tar.gz']),
    )
    expect(fileAsked).toEqual(['GET /p/pbr-1.tar.gz identity undefined'])
  })

  it('and its metadata are kept apart; in chunks too; what is no distribution is not kept', async () => {
    await ask('/pypi/simple/pbr/')
    for (const path of ['/p/pbr-1.tar.gz', '/p/pbr-1.tar.gz.metadata', '/p/chunks-1.whl', '/p/readme.html'])
      expect((await ask(fileOf(path))).code).toBe(200)
    await expect.poll(whole).toBe(3)
  })

  it('that comes cut short is not kept, and the client sees that it is cut', async () => {
    await ask('/pypi/simple/pbr/')
    await expect(ask(fileOf('/p/cut-1.whl'))).rejects.toThrow()
    await expect.poll(kept).toEqual([])
  })

  it('that is not there is not kept, and a HEAD neither', async () => {
    await ask('/pypi/simple/pbr/')
    expect((await ask(fileOf('/lost-1.whl'))).code).toBe(404)
    expect((await ask(fileOf('/p/pbr-1.tar.gz'), 'HEAD')).code).toBe(200)
    expect(await kept()).toEqual([])
  })

  it.each([
    ['a host that no page named', () => fileOf('/p/pbr-1.tar.gz')],
    ['a host in disguise', () => `/pypi/files/${encodeURIComponent(`x@${index.files}`)}/p/a.whl`],
    ['a path for a host', () => `/pypi/files/${encodeURIComponent(`${index.files}/p`)}/a.whl`],
    ['no host', () => '/pypi/files/a.whl'],
    ['broken escapes', () => '/pypi/files/%zz/a.whl'],
  ])('of %s: 403', async (_, path) => {
    expect((await ask(path())).code).toBe(403)
    expect(fileAsked).toEqual([])
  })
})

describe('a login in the address of the index', () => {
  it('goes to the index and nowhere else, and no page shows it', async () => {
    await close(mirror)
    await start({ index: `http://me:hunter2@127.0.0.1:${portOf(indexServer)}/simple/` })
    const { body } = await ask('/pypi/simple/pbr/')
    await ask(fileOf('/p/pbr-1.tar.gz'))
    await ask('/pypi/simple/away/')
    const basic = `Basic ${Buffer.from('me:hunter2').toString('base64')}`
    expect(index.logins).toEqual([basic, basic])
    expect(body).not.toContain('hunter2')
  })
})

describe('an index by TLS', () => {
  async function secured() {
    const [key, cert] = [join(place, 'key.pem'), join(place, 'cert.pem')]
    const argv = `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=x -addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${cert}`
    const made = await localShell().run(argv.split(' ') as [string, ...string[]])
    expect(made.code).toBe(0)
    const server = createSecure({ key: readFileSync(key), cert: readFileSync(cert) }, index.answer)
    return { host: await listening(server), cert }
  }

  it('is believed by the authorities of this machine, and by no others', async () => {
    const { host, cert } = await secured()
    await start({ index: `https://${host}/simple/` }, [join(place, 'not-there.pem')])
    expect((await ask('/pypi/simple/pbr/')).code).toBe(502)
    await start({ index: `https://${host}/simple/` }, [cert])
    expect((await ask('/pypi/simple/pbr/')).code).toBe(200)
  })

  it("is asked through the machine's own proxy, but for the hosts that it goes around", async () => {
    const { host, cert } = await secured()
    const through: string[] = []
    const proxy = createServer().on('connect', (incoming: IncomingMessage, client: Duplex) => {
      through.push(incoming.url ?? '')
      const far = connect(Number(host.split(':')[1]), '127.0.0.1')
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      client.pipe(far).pipe(client)
      far.on('close', () => client.destroy())
    })
    const source = { index: `https://${host}/simple/`, proxy: `http://${await listening(proxy)}` }
    await start(source, [cert])
    expect((await ask('/pypi/simple/pbr/')).code).toBe(200)
    expect(through).toEqual([host])
    await start({ ...source, direct: ['127.0.0.1'] }, [cert])
    expect((await ask('/pypi/simple/pbr/')).code).toBe(200)
    expect(through).toHaveLength(1)
  })
})
