// Holds the scan to the ports that are open, against real sockets on the loopback.
import { createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Trouble } from '../core/fault.ts'
import { localShell } from '../host/spawn.ts'
import { scan } from './scan.ts'

const here = localShell()
const servers: Server[] = []
const listen = (host: string) =>
  new Promise<number>((resolve) => {
    const server = createServer((socket) => socket.on('error', () => {}).destroy())
    servers.push(server)
    server.listen(0, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : 0)
    })
  })
const ports: { six: number[]; four: number } = { six: [], four: 0 }

beforeAll(async () => {
  ports.six = [await listen('::1'), await listen('::1')].sort((a, b) => a - b)
  ports.four = await listen('127.0.0.1')
})
afterAll(() => servers.forEach((server) => server.close()))

describe('a scan', () => {
  it('finds exactly the open ports, and counts those that refuse', async () => {
    const { six } = ports
    const closed = [1, 2, 3].filter((port) => !six.includes(port))
    const found = await scan(here, '::1', [...closed, ...six].join(','))
    expect(found).toMatchObject({ open: six, refused: closed.length, silent: 0, errors: {} })
  })

  it('reads ranges, and speaks IPv4', async () => {
    const { four } = ports
    const found = await scan(here, '127.0.0.1', `${four}-${four}`)
    expect(found.open).toEqual([four])
  })

  it('tries the canary along with every 500 ports, and tells when it is missed', async () => {
    const [open = 0] = ports.six
    const alive = await scan(here, '::1', '1-1000', { canary: open })
    expect(alive.canary).toEqual({ tried: 2, missed: 0 })
    const dead = await scan(here, '::1', '1-1000', { canary: 1 })
    expect(dead.canary).toEqual({ tried: 2, missed: 2 })
  })

  it('is trouble, not an empty result, where no Node runs', async () => {
    await expect(scan(here, '::1', '1', { node: '/nonexistent/node' })).rejects.toThrow(Trouble)
  })
})
