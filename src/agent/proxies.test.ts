import { expect, it } from 'vitest'
import { Address } from '../core/prefix.ts'
import type { Shell } from '../core/shell.ts'
import type { AgentEventBody } from './events.ts'
import { keepProxies, readProxies } from './proxies.ts'

/** A kernel that keeps entries as ip(8) does. */
function kernelWith(...entries: string[]) {
  const there = new Set(entries)
  const shell: Shell = {
    name: 'os1',
    run: async (argv) => {
      const [, , , verb, , address = ''] = argv
      if (verb === 'show')
        return { code: 0, stdout: [...there].map((one) => `${one} proxy\n`).join(''), stderr: '' }
      const is = there.has(address)
      if (verb === 'add') there.add(address)
      else there.delete(address)
      return { code: (verb === 'add') === is ? 2 : 0, stdout: '', stderr: '' }
    },
  }
  return { there, shell }
}

function memory(...addresses: string[]) {
  let own: readonly string[] = addresses
  return { read: () => own, write: (now: readonly string[]) => void (own = now) }
}

const [a, b, c] = ['2001:2::a', '2001:2::b', '2001:2::c'].map((text) => Address.of(text)) as [
  Address,
  Address,
  Address,
]

it('entries come with their instances and go with them, and those of others stay', async () => {
  const { there, shell } = kernelWith(String(c))
  const own = memory()
  const told: AgentEventBody[] = []
  const keep = (...wanted: Address[]) => keepProxies(shell, 'eno1', own, wanted, (event) => told.push(event))
  await keep(a, b)
  expect([...there].toSorted()).toEqual([a, b, c].map(String))
  await keep(b)
  expect([...there].toSorted()).toEqual([b, c].map(String))
  expect(own.read()).toEqual([String(b)])
  await keep(b, c)
  await keep()
  expect([...there]).toEqual([String(c)])
  expect(told.map((event) => event.type)).toEqual([
    'proxy.added',
    'proxy.added',
    'proxy.removed',
    'proxy.removed',
  ])
})

it('an entry that is noted and was lost with a reboot is made again', async () => {
  const { there, shell } = kernelWith()
  await keepProxies(shell, 'eno1', memory(String(a)), [a], () => {})
  expect([...there]).toEqual([String(a)])
})

it('what ip prints is read line by line, and noise is no address', () => {
  expect(readProxies('2001:2::a  proxy \nfe80::1 dev eno1 proxy\n\nError: x\n')).toEqual([
    a,
    Address.of('fe80::1'),
  ])
})
