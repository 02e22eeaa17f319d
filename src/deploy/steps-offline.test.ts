// What `plan --commands` shows of a jump host: all its steps, on a server of its own or after those of the cloud.
import { describe, expect, it } from 'vitest'
import { readUpTo } from '../course/bytes.ts'
import { loadCourse } from '../course/load.ts'
import { planOf } from './plan-of.ts'
import { stepsOffline } from './steps-offline.ts'

const reference = (change: (text: string) => string = (text) => text) => {
  const loaded = loadCourse('examples/reference.yaml', {
    readFile: (path, limit) => {
      const bytes = readUpTo(path, limit)
      return bytes !== undefined && path.endsWith('reference.yaml')
        ? Buffer.from(change(Buffer.from(bytes).toString('utf8')))
        : bytes
    },
  })
  if (!loaded.ok) throw new RangeError(loaded.faults.map(({ title }) => title).join('; '))
  return stepsOffline(planOf(loaded.value, false))
}
const jumpIds = ['jump/owner', 'jump/packages', 'jump/ground', 'jump/accounts', 'jump/daemon']

describe('the steps of a plan', () => {
  it('end with those of the jump host on a server of its own', () => {
    const last = reference().at(-1)
    expect(last?.host).toBe('jump1')
    expect(last?.steps.map(({ id }) => id)).toEqual(jumpIds)
    const filter = last?.steps.at(-1)?.files.find(({ path }) => path.endsWith('/firewall.nft'))
    expect(filter?.text).toContain('2001:db8:18:80::/57')
  })

  it('have those of the jump host after those of the cloud that it shares the server with', () => {
    const hosts = reference((text) => text.replace(/^ {2}server: jump1$/m, '  server: os1'))
    expect(hosts.map(({ host }) => host)).not.toContain('jump1')
    const ids = hosts.find(({ host }) => host === 'os1')?.steps.map(({ id }) => id) ?? []
    expect(ids.slice(-jumpIds.length)).toEqual(jumpIds)
    expect(ids.length).toBeGreaterThan(jumpIds.length)
  })
})
