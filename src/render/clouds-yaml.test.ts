import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { reference, resolve, Secret } from '../core/secret.ts'
import { cloudsYaml } from './clouds-yaml.ts'

const entry = {
  name: 'nets-2026',
  authUrl: 'https://[2001:2::1]/identity/v3',
  user: 'ada',
  project: 'nets-2026-ada',
  password: reference('student/ada'),
  region: 'RegionOne',
  interface: 'public',
  cacert: '~/.config/openstack/nets-2026-ca.pem',
} as const

it('holds a reference until it is installed, and then reads back as the account', () => {
  const file = cloudsYaml('clouds.yaml', [entry])
  expect(file.mode).toBe('0600')
  expect(file.text).toContain('{{secret:student/ada}}')
  const text = resolve(file.text, { get: () => new Secret('no: 123') })
  expect(parse(text)).toEqual({
    clouds: {
      'nets-2026': {
        auth: {
          auth_url: 'https://[2001:2::1]/identity/v3',
          username: 'ada',
          password: 'no: 123',
          project_name: 'nets-2026-ada',
          user_domain_name: 'Default',
          project_domain_name: 'Default',
        },
        region_name: 'RegionOne',
        interface: 'public',
        identity_api_version: 3,
        cacert: '~/.config/openstack/nets-2026-ca.pem',
      },
    },
  })
})

it('names no authority where a public one signed', () => {
  expect(cloudsYaml('clouds.yaml', [{ ...entry, cacert: null }]).text).not.toContain('cacert')
})
