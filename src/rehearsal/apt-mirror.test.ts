import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Shell } from '../core/shell.ts'
import { chooseMirror, proxyFrom, readMirror } from './apt-mirror.ts'

const none = () => null
const main = ['main']

describe('the archive', () => {
  it("of a Debian 12 machine serves Debian 13 too: its own entries' address is taken, not their suite", () => {
    const sources = [
      { uri: 'https://other.example.org/node', suite: 'nodistro', components: main },
      { uri: 'http://near.example.org/debian', suite: 'bookworm', components: main },
      { uri: 'http://near.example.org/security', suite: 'bookworm-security', components: main },
    ]
    expect(chooseMirror(sources, none)).toEqual({
      main: 'http://near.example.org/debian',
      security: 'http://near.example.org/security',
      proxy: null,
    })
  })

  it('of a machine without a security archive has none', () => {
    const sources = [{ uri: 'http://near.example.org/debian', suite: 'stable', components: main }]
    expect(chooseMirror(sources, none).security).toBeNull()
  })

  it('of Ubuntu is asked for, since its own archive has no Debian', () => {
    const sources = [{ uri: 'http://near.example.org/ubuntu', suite: 'noble', components: main }]
    expect(() => chooseMirror(sources, none)).toThrow('no Debian archive is known here')
    expect(chooseMirror(sources, none, 'http://near.example.org/debian').main).toBe(
      'http://near.example.org/debian',
    )
  })

  it('that the course file names goes before what apt knows', () => {
    const sources = [{ uri: 'http://near.example.org/debian', suite: 'trixie', components: main }]
    expect(chooseMirror(sources, none, 'http://other.example.org/debian')).toMatchObject({
      main: 'http://other.example.org/debian',
      security: null,
    })
  })

  it('is never a CD or a directory', () => {
    const sources = [
      { uri: 'cdrom:[Debian 13]', suite: 'trixie', components: main },
      { uri: 'file:/srv/debian', suite: 'trixie', components: main },
      { uri: 'http://near.example.org/debian', suite: 'trixie', components: main },
    ]
    expect(chooseMirror(sources, none).main).toBe('http://near.example.org/debian')
  })
})

describe('the proxy', () => {
  const dump = `Acquire::http::Proxy "http://proxy.example.org:3128";
Acquire::http::Proxy::local.example.org "DIRECT";
Acquire::http::proxy::near.example.org "http://near-proxy.example.org:8080";`
  const proxy = proxyFrom(dump, { https_proxy: 'http://env.example.org:1' })

  it.each([
    ['http://anywhere.example.org/debian', 'http://proxy.example.org:3128'],
    ['http://local.example.org/debian', null],
    ['http://near.example.org/debian', 'http://near-proxy.example.org:8080'],
    ['https://anywhere.example.org/debian', 'http://env.example.org:1'],
  ])('to %s is %s', (uri, expected) => {
    expect(proxy(uri)).toBe(expected)
  })
})

describe('reading /etc/apt', () => {
  const root = mkdtempSync(join(tmpdir(), 'bateau-apt-'))
  afterEach(() => rmSync(root, { recursive: true, force: true }))
  const machine: Shell = {
    name: 'a machine',
    run: () =>
      Promise.resolve({ code: 0, stdout: 'Acquire::http::Proxy "http://p.example.org:1";\n', stderr: '' }),
  }

  it('takes both styles, in the order apt does, and nothing with another ending', async () => {
    const parts = join(root, 'etc/apt/sources.list.d')
    mkdirSync(parts, { recursive: true })
    writeFileSync(
      join(parts, 'a.sources.save'),
      'Types: deb\nURIs: http://old.example.org/d\nSuites: trixie\nComponents: main\n',
    )
    writeFileSync(
      join(parts, 'b.sources'),
      'Types: deb\nURIs: http://new.example.org/d\nSuites: trixie\nComponents: main\n',
    )
    writeFileSync(join(parts, 'c.list'), 'deb http://new.example.org/s trixie-security main\n')
    expect(await readMirror(machine, {}, null, root)).toEqual({
      main: 'http://new.example.org/d',
      security: 'http://new.example.org/s',
      proxy: 'http://p.example.org:1',
    })
  })
})
