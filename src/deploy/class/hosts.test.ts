import { expect, it } from 'vitest'
import type { Server } from '../../cloud/compute.ts'
import type { Project } from '../../cloud/identity.ts'
import { instancesOf } from './hosts.ts'

const project = (id: string, name: string, description = 'bateau:v6 a student') =>
  ({ id, name, domain_id: 'default', enabled: true, description }) as Project
const instance = (name: string, projectId: string, ...addresses: [string, number][]) =>
  ({
    id: name,
    name,
    status: 'ACTIVE',
    tenant_id: projectId,
    user_id: 'u',
    tags: [],
    metadata: {},
    addresses: { net: addresses.map(([addr, version]) => ({ addr, version })) },
  }) as Server

const projects = [
  project('p1', 'v6-alice'),
  project('p2', 'v6-team-one'),
  project('p3', 'v6-stranger', 'made by hand'),
  project('p4', 'other-bob', 'bateau:other'),
]

it('names instances by what they are called and whose they are, and only those of the class', () => {
  const { hosts, notes } = instancesOf('v6', [
    {
      projects,
      servers: [
        instance('vm1', 'p1', ['2001:db8::5', 6], ['10.0.0.5', 4]),
        instance('Web Server', 'p2', ['2001:db8::6', 6], ['2001:db8:1::6', 6]),
        instance('vm1', 'p3', ['2001:db8::7', 6]),
        instance('vm1', 'p4', ['2001:db8::8', 6]),
        instance('building', 'p1'),
      ],
    },
  ])
  expect(hosts).toEqual([
    { name: 'vm1.alice', addresses: ['2001:db8::5'] },
    { name: 'web-server.team-one', addresses: ['2001:db8::6', '2001:db8:1::6'] },
  ])
  expect(notes).toEqual([])
})

it('gives a name that two would have to neither, and says so, as of what cannot be a name', () => {
  const { hosts, notes } = instancesOf('v6', [
    {
      projects,
      servers: [
        instance('web', 'p1', ['2001:db8::5', 6]),
        instance('WEB', 'p1', ['2001:db8::6', 6]),
        instance('***', 'p1', ['2001:db8::7', 6]),
      ],
    },
  ])
  expect(hosts).toEqual([])
  expect(notes).toEqual([
    'alice: several instances would be called web; none of them has that name',
    'alice: no name can be made of "***"',
  ])
})

it('gives a name that an instance on each of two clouds would have to neither', () => {
  const on = (address: string) => ({ projects, servers: [instance('vm1', 'p1', [address, 6])] })
  expect(instancesOf('v6', [on('2001:db8::5'), on('2001:db8:1::5')])).toEqual({
    hosts: [],
    notes: ['alice: several instances would be called vm1; none of them has that name'],
  })
})
