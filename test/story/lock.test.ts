import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

type Entry = {
  version?: string
  resolved?: string
  integrity?: string
  optional?: boolean
  os?: string[]
  hasInstallScript?: boolean
  optionalDependencies?: Record<string, string>
}

const text = readFileSync('package-lock.json', 'utf8')
const packages = (JSON.parse(text) as { packages: Record<string, Entry> }).packages
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>

it('the lock names no registry, so that everybody installs from their own', () => {
  const resolved = Object.values(packages).filter((entry) => entry.resolved !== undefined)
  expect(resolved).toEqual([])
})

it('the lock has the optional packages of every platform, or `npm ci` refuses it on some', () => {
  const missing = Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`])
      .map((name) => `${path || 'bateau'} wants ${name}: npm install where the registry has all platforms`),
  )
  expect(missing).toEqual([])
})

it('what is installed on Linux is known by its digest', () => {
  const unknown = Object.entries(packages).filter(
    ([path, { integrity, os, optional }]) =>
      path !== '' && integrity === undefined && !(optional && (os ?? []).length > 0),
  )
  expect(unknown.map(([path]) => path)).toEqual([])
})

it('every version in package.json is exact', () => {
  const loose = Object.entries({ ...manifest['dependencies'], ...manifest['devDependencies'] }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
  )
  expect(loose).toEqual([])
})

it('every dependency has its line in docs/dependencies.md, and no other has', () => {
  const documented = [...readFileSync('docs/dependencies.md', 'utf8').matchAll(/^\| (`[^|]*`) \|/gm)]
    .flatMap(([, cell = '']) => cell.split(', '))
    .map((name) => name.replaceAll('`', ''))
  expect(documented.toSorted()).toEqual(Object.keys(manifest['dependencies'] ?? {}).toSorted())
})
