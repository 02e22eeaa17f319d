import { describe, expect, it } from 'vitest'
import { type DevstackRelease, devstackReleases } from '../../core/release.ts'
import { Address } from '../../core/prefix.ts'
import { reference, references } from '../../core/secret.ts'
import { lintLocalConf } from './lint/lint.ts'
import { readLocalConf } from './lint/read.ts'
import { renderLocalConf } from './local-conf.ts'
import type { Node } from './node.ts'
import { devstackSite } from './site.fixture.ts'

const big = { cores: 16, memoryMiB: 65_536, kvm: true, ovsKernel: true }
const golden = (name: string) => `../../../test/story/local-conf/${name}.conf`
const text = (...given: Parameters<typeof renderLocalConf>) => renderLocalConf(...given)
const value = (conf: string, name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(conf)?.[1]

describe.each(devstackReleases)('local.conf of %s', (release) => {
  it('of a server that is a cloud of its own', async () => {
    await expect(text(devstackSite({ release }, big))).toMatchFileSnapshot(golden(release))
  })
})

/** With passwords in the place of references, as it is on the server. */
const onServer = (conf: string) =>
  references(conf).reduce((all, name, i) => all.replaceAll(reference(name), `secret4711x${i}`), conf)
/** All findings but those of lines that are right. */
const amiss = (conf: string, release: DevstackRelease) =>
  lintLocalConf(readLocalConf('local.conf', onServer(conf)), { release, nearest: () => undefined })
    .filter(({ verdict }) => verdict !== 'right')
    .map(({ line, variable, verdict, title }) => `${line} ${variable} ${verdict}: ${title}`)

describe.each(devstackReleases)('bateau lint, for %s,', (release) => {
  it('finds every line right, and every variable in that release', () => {
    const given = [
      devstackSite({ release }, big),
      devstackSite({ release }),
      devstackSite({ release, gitBase: '/srv/git', imageUrls: ['https://a.example/x.img'] }),
    ]
    for (const site of given) expect(amiss(text(site), release)).toEqual([])
  })
})

describe('local.conf', () => {
  const controller = devstackSite({}, big)
  const roles: readonly [string, Node][] = [
    ['controller', { role: 'controller' }],
    [
      'compute',
      { role: 'compute', controller: { site: controller, address: controller.addressing.service } },
    ],
  ]
  it.each(roles)('of a %s', async (name, node) => {
    const own = {
      ...controller,
      name: 'os2',
      addressing: { ...controller.addressing, service: Address.of('2001:db8:0:2200::1') },
    }
    await expect(text(name === 'compute' ? own : controller, node)).toMatchFileSnapshot(golden(name))
  })

  it('of a small server without KVM and without openvswitch in its kernel', async () => {
    await expect(text(devstackSite())).toMatchFileSnapshot(golden('small'))
  })

  it('never moves the uplink into a bridge, and never names it', () => {
    for (const release of devstackReleases) {
      const conf = text(devstackSite({ release }))
      expect(value(conf, 'PUBLIC_INTERFACE')).toBeUndefined()
      expect(conf).not.toContain('eno1')
    }
  })

  it('has a reason above every line', () => {
    const lines = text(devstackSite({}, big)).split('\n')
    for (const [i, line] of lines.entries())
      if (/^\w/.test(line)) expect(lines[i - 1], line).toMatch(/^# \S.{7,}/)
  })

  it('gives each of the four passwords a secret of its own', () => {
    const conf = text(devstackSite())
    const names = ['ADMIN', 'DATABASE', 'RABBIT', 'SERVICE'].map(
      (name) => references(value(conf, `${name}_PASSWORD`) ?? '')[0],
    )
    expect(new Set(names).size).toBe(4)
    expect(names).not.toContain(undefined)
    expect(references(conf)).toHaveLength(4)
  })

  it('of a compute node has the secrets of its controller', () => {
    const [, node] = roles[1] as [string, Node]
    expect(references(text({ ...controller, name: 'os2' }, node)).toSorted()).toEqual(
      references(text(controller)).toSorted(),
    )
  })

  it('lets the control plane listen on ::1 alone, and nobody on every address', () => {
    const conf = text(devstackSite())
    for (const name of ['SERVICE_HOST', 'SERVICE_LISTEN_ADDRESS']) expect(value(conf, name)).toBe('"[::1]"')
    for (const name of ['VNCSERVER_LISTEN', 'VNCSERVER_PROXYCLIENT_ADDRESS'])
      expect(value(conf, name)).toBe('::1')
    expect(conf).not.toMatch(/=.*(0\.0\.0\.0|\[::\])/)
  })

  it('takes git_base and images from the course, and none of the images of DevStack', () => {
    const conf = text(
      devstackSite({ gitBase: '/srv/git', imageUrls: ['https://a.example/x.qcow2', 'file:///srv/y.img'] }),
    )
    expect(value(conf, 'GIT_BASE')).toBe('/srv/git')
    expect(value(conf, 'IMAGE_URLS')).toBe('https://a.example/x.qcow2,file:///srv/y.img')
    expect(value(conf, 'DOWNLOAD_DEFAULT_IMAGES')).toBe('False')
    expect(value(text(devstackSite()), 'GIT_BASE')).toBeUndefined()
  })

  it('leaves Cinder off unless the course asks for it', () => {
    expect(text(devstackSite())).toContain('disable_service c-api c-sch c-vol c-bak')
    expect(text(devstackSite({ cinder: true }))).not.toContain('c-vol')
  })
})
