import { expect, it } from 'vitest'
import type { Target } from './wall.ts'
import { networkWalls } from './walls-network.ts'

const target: Target = {
  login: 'ada',
  me: { userId: 'u', projectId: 'mine' },
  course: 'nets',
  decoy: { port: 'decoy-port' },
  own: null,
  other: null,
  imageId: null,
  flavorId: null,
  roleId: null,
  quota: null,
  hasVolumes: false,
  networks: [
    { id: 'own-net', project_id: 'mine' },
    { id: 'class-net', project_id: 'admin' },
  ],
}
const ports = networkWalls.find(({ name }) => name === 'port-list')
const foreign = (...all: Record<string, string>[]) => ports?.foreign?.({ ports: all }, target)

it('the interface of the group’s router on a student’s own network is no port of another', () => {
  expect(foreign({ id: 'p', name: '', project_id: 'admin', network_id: 'own-net' })).toEqual([])
})

it('a port of another on a network of others is, and so is the decoy’s wherever it stands', () => {
  expect(foreign({ id: 'p', name: 'theirs', project_id: 'other', network_id: 'class-net' })).toEqual([
    'theirs',
  ])
  expect(foreign({ id: 'decoy-port', name: 'd', project_id: 'mine', network_id: 'own-net' })).toEqual(['d'])
})
