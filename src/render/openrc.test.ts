// openrc, read by the shells that will read it.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Openrc, openrc, openrcPowershell } from './openrc.ts'

const dir = mkdtempSync(join(tmpdir(), "bateau open'rc "))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const wanted: Openrc = {
  about: 'OpenStack of the course nets, for ada',
  authUrl: 'https://[2001:db8::1]/identity/v3',
  account: { kind: 'password', user: 'ada', project: 'nets-ada', password: `it's "$HOME" \\ \`id\`` },
  region: 'RegionOne',
  interface: 'public',
  cacert: 'nets-ca.pem',
}

/** The variables after the file was sourced from elsewhere, with those of another cloud set before. */
function sourced(text: string, input = ''): Record<string, string> {
  writeFileSync(join(dir, 'openrc'), text)
  const out = execFileSync('bash', ['--norc', '-euc', 'source "$1/openrc" >/dev/null; env -0', 'bash', dir], {
    env: { PATH: process.env['PATH'], OS_CLOUD: 'other', OS_TOKEN: 'other', OS_PROJECT_ID: 'other' },
    cwd: '/',
    input,
    encoding: 'utf8',
  })
  const pairs = out
    .split('\0')
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
  return Object.fromEntries(pairs.filter(([name]) => name?.startsWith('OS_'))) as Record<string, string>
}

describe('in bash', () => {
  it('sets the account as it is, with the authority beside the file, and nothing of another cloud', () => {
    expect(sourced(openrc(wanted))).toEqual({
      OS_AUTH_URL: 'https://[2001:db8::1]/identity/v3',
      OS_AUTH_TYPE: 'password',
      OS_IDENTITY_API_VERSION: '3',
      OS_REGION_NAME: 'RegionOne',
      OS_INTERFACE: 'public',
      OS_USERNAME: 'ada',
      OS_USER_DOMAIN_NAME: 'Default',
      OS_PROJECT_NAME: 'nets-ada',
      OS_PROJECT_DOMAIN_NAME: 'Default',
      OS_PASSWORD: `it's "$HOME" \\ \`id\``,
      OS_CACERT: join(dir, 'nets-ca.pem'),
    })
  })

  it('asks for a password that it has not', () => {
    const account = { kind: 'password', user: 'ada', project: 'nets-ada', password: null } as const
    expect(sourced(openrc({ ...wanted, account }), 'typed \\ in\n')['OS_PASSWORD']).toBe('typed \\ in')
  })

  it('with an application credential names no project', () => {
    const account = { kind: 'application-credential', user: 'ada', name: 'bateau', secret: 's' } as const
    expect(sourced(openrc({ ...wanted, account, cacert: null }))).toEqual({
      OS_AUTH_URL: 'https://[2001:db8::1]/identity/v3',
      OS_AUTH_TYPE: 'v3applicationcredential',
      OS_IDENTITY_API_VERSION: '3',
      OS_REGION_NAME: 'RegionOne',
      OS_INTERFACE: 'public',
      OS_USERNAME: 'ada',
      OS_USER_DOMAIN_NAME: 'Default',
      OS_APPLICATION_CREDENTIAL_NAME: 'bateau',
      OS_APPLICATION_CREDENTIAL_SECRET: 's',
    })
  })
})

it('for PowerShell doubles quotes, finds the authority beside itself, and is ASCII', () => {
  const text = openrcPowershell({
    ...wanted,
    account: { kind: 'password', user: 'ada', project: 'nets-ada', password: "it's" },
  })
  expect(text).toContain("$env:OS_PASSWORD = 'it''s'\n")
  expect(text).toContain("$env:OS_CACERT = Join-Path $PSScriptRoot 'nets-ca.pem'\n")
  expect(text).toContain('Remove-Item Env:OS_CLOUD, Env:OS_TOKEN')
  expect(text).toMatch(/^[\n -~]*$/)
})

it('refuses what the format cannot hold', () => {
  expect(() => openrc({ ...wanted, region: 'a\nrm -rf ~' })).toThrow(RangeError)
  expect(() => openrcPowershell({ ...wanted, about: 'a\nb' })).toThrow(RangeError)
})
