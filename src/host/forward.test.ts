// Forwards of several processes on one connection: a live one is left alone, a dead one is made anew.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { forwardPorts } from './forward.ts'
import type { SshTarget } from './ssh.ts'

let dir: string
let target: SshTarget
const servers: Server[] = []
const sockets = () => join(dir, 'api')
const path = (port: number) => join(sockets(), `os1-${port}`)
/** What the master connection was asked, in order: `forward 5000`. */
const asked = () =>
  [...readFileSync(join(dir, 'log'), 'utf8').matchAll(/-O (\w+) -L \S+:(\d+)/g)].map(
    ([, deed, port]) => `${deed} ${port}`,
  )

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bateau-forward-'))
  mkdirSync(sockets())
  // Stands for ssh: writes down what it is asked, and has a socket there after a forward unless `refuse` lies beside it.
  const ssh = join(dir, 'fake')
  writeFileSync(join(dir, 'log'), '')
  writeFileSync(
    ssh,
    `#!/bin/sh
echo "$*" >> ${dir}/log
case "$*" in *"-O forward"*)
  [ ! -e ${dir}/refuse ] || { echo 'administratively prohibited' >&2; exit 1; }
  for one; do case "$one" in ${dir}/*:*) touch "\${one%%:*}";; esac; done
esac
`,
  )
  chmodSync(ssh, 0o755)
  const base = {
    name: 'os1',
    address: '192.0.2.1',
    user: 'root',
    port: 22,
    knownHostsFile: join(dir, 'known'),
  }
  target = { ...base, via: [ssh] }
})
afterEach(async () => {
  await Promise.all(servers.splice(0).map((one) => new Promise((done) => one.close(done))))
  rmSync(dir, { recursive: true, force: true })
})

async function live(port: number): Promise<Server> {
  const server = createServer((socket) => void socket.pipe(socket))
  servers.push(server)
  await new Promise<void>((done) => server.listen(path(port), done))
  return server
}

it('leaves a forward that answers alone, so that the calls of another process go on', async () => {
  await live(5000)
  const other = connect({ path: path(5000) })
  await new Promise((done) => other.once('connect', done))
  expect(await forwardPorts(target, join(dir, 'ssh'), sockets(), [5000, 9696])).toEqual(
    new Map([5000, 9696].map((port) => [port, path(port)])),
  )
  expect(asked()).toEqual(['forward 9696'])
  const said = new Promise((done) => other.once('data', (data) => done(String(data))))
  other.write('still here')
  expect(await said).toBe('still here')
  other.destroy()
})

it('makes one anew whose connection ended and left its file', async () => {
  writeFileSync(path(5000), '')
  await forwardPorts(target, join(dir, 'ssh'), sockets(), [5000])
  expect(asked()).toEqual(['cancel 5000', 'forward 5000'])
  expect(existsSync(path(5000))).toBe(true)
})

it('says what ssh said when there is none after some tries', async () => {
  writeFileSync(join(dir, 'refuse'), '')
  await expect(forwardPorts(target, join(dir, 'ssh'), sockets(), [5000])).rejects.toMatchObject({
    fault: { code: 'forward-failed', why: 'administratively prohibited' },
  })
})
