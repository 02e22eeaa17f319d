// What an entry of clouds.yaml means: the same that openstacksdk makes of it.
import { describe, expect, it, test } from 'vitest'
import type { Fault } from '../core/fault.ts'
import { nearest } from '../course/suggest.ts'
import { type CloudAccess, readCloudsYaml } from './clouds-yaml.ts'
import { authBody } from './credentials.ts'

const home = '/home/ada'
type Files = Readonly<Record<string, string>>

function read(files: Files, name = 'lyon', file: string | null = null, env: Record<string, string> = {}) {
  return readCloudsYaml(name, file, {
    readFile: (path) => {
      const text = files[path]
      if (text === 'UNREADABLE') throw new Error('EACCES: permission denied')
      return text
    },
    cwd: '/course',
    home,
    env,
    nearest,
  })
}
function access(...args: Parameters<typeof read>): CloudAccess {
  const outcome = read(...args)
  if (!outcome.ok) throw new Error(outcome.faults.map(({ title, why }) => `${title}: ${why}`).join('; '))
  return outcome.value
}
function fault(...args: Parameters<typeof read>): Fault {
  const outcome = read(...args)
  const [first] = outcome.ok ? [] : outcome.faults
  if (first === undefined) throw new Error('it is taken')
  return first
}

const auth = 'auth_url: https://lyon.example:5000/v3, username: ada, password: pw, project_name: admin'
const entry = (more = '', of = auth) => `clouds:\n  lyon:\n    auth: {${of}}\n${more}`
const own = `${home}/.config/openstack/clouds.yaml`
const only = (text: string): Files => ({ [own]: text })
const bodyOf = ({ credentials }: CloudAccess) => JSON.stringify(authBody(credentials))

describe('where it is looked for', () => {
  const everywhere: Files = {
    '/course/clouds.yaml': entry('    region_name: here\n'),
    [own]: entry('    region_name: own\n'),
    '/etc/openstack/clouds.yaml': entry('    region_name: etc\n'),
    '/opt/clouds.yaml': entry('    region_name: named\n'),
  }
  const without = (...paths: string[]): Files =>
    Object.fromEntries(Object.entries(everywhere).filter(([path]) => !paths.includes(path)))

  test.each([
    ['here first', everywhere, {}, 'here'],
    ['then in ~/.config', without('/course/clouds.yaml'), {}, 'own'],
    ['then in /etc', without('/course/clouds.yaml', own), {}, 'etc'],
    [
      'where OS_CLIENT_CONFIG_FILE says, before all',
      everywhere,
      { OS_CLIENT_CONFIG_FILE: '/opt/clouds.yaml' },
      'named',
    ],
    [
      'in XDG_CONFIG_HOME, before ~/.config',
      { '/xdg/openstack/clouds.yaml': entry('    region_name: xdg\n'), [own]: entry() },
      { XDG_CONFIG_HOME: '/xdg' },
      'xdg',
    ],
    ['as clouds.yml, too', { '/course/clouds.yml': entry('    region_name: yml\n') }, {}, 'yml'],
  ])('%s', (_, files, env, region) => {
    expect(access(files, 'lyon', null, env as Record<string, string>).region).toBe(region)
  })

  it('only there when the course file names it', () => {
    expect(access(everywhere, 'lyon', '/opt/clouds.yaml').region).toBe('named')
    const { code, title, why } = fault(everywhere, 'lyon', '/course/other.yaml')
    expect([code, title, why]).toEqual([
      'clouds-file',
      'there is no /course/other.yaml',
      'looked for /course/other.yaml',
    ])
  })

  it('says all the places when it is nowhere', () => {
    expect(fault({}).why).toBe(
      `looked for /course/clouds.yaml, ${home}/.config/openstack/clouds.yaml, /etc/openstack/clouds.yaml`,
    )
  })

  it('says that a file cannot be read', () => {
    expect(fault(only('UNREADABLE'))).toMatchObject({ code: 'clouds-file', why: 'EACCES: permission denied' })
  })
})

describe('secure.yaml', () => {
  it('adds what the other leaves out, whichever place it is in', () => {
    const plain = only(
      'clouds:\n  lyon:\n    auth: {auth_url: https://l.example/v3, username: ada, project_name: admin}\n',
    )
    const secure = 'clouds:\n  lyon:\n    auth: {password: from-secure}\n'
    for (const path of [`${home}/.config/openstack/secure.yaml`, '/etc/openstack/secure.yaml'])
      expect(bodyOf(access({ ...plain, [path]: secure }))).toContain('"password":"from-secure"')
  })

  it('is the one beside a file that the course file names, and no other', () => {
    const files = {
      '/opt/c.yaml': entry('', 'auth_url: https://l.example, username: ada, project_name: p'),
      '/etc/openstack/secure.yaml': 'clouds: {lyon: {auth: {password: etc}}}',
    }
    expect(fault(files, 'lyon', '/opt/c.yaml').why).toContain('it has no password')
    const beside = { ...files, '/opt/secure.yaml': 'clouds: {lyon: {auth: {password: beside}}}' }
    expect(bodyOf(access(beside, 'lyon', '/opt/c.yaml'))).toContain('"password":"beside"')
  })
})

describe('who logs in', () => {
  const body = (of: string, more = '') => JSON.parse(bodyOf(access(only(entry(more, of))))).auth as unknown
  const url = 'auth_url: https://lyon.example'

  it('is a user by name, in the domain Default where none is named', () => {
    expect(body(`${url}, username: ada, password: pw, project_name: p`)).toEqual({
      identity: {
        methods: ['password'],
        password: { user: { name: 'ada', domain: { name: 'Default' }, password: 'pw' } },
      },
      scope: { project: { name: 'p', domain: { name: 'Default' } } },
    })
  })

  it('is a user and a project by name or id of their domains', () => {
    expect(
      body(
        `${url}, username: ada, password: pw, project_name: p, user_domain_id: u1, project_domain_name: Univ`,
      ),
    ).toMatchObject({
      identity: { password: { user: { domain: { id: 'u1' } } } },
      scope: { project: { domain: { name: 'Univ' } } },
    })
  })

  it('is a user and a project by their own ids, without domains', () => {
    expect(body(`${url}, user_id: u9, password: pw, project_id: p9`)).toEqual({
      identity: { methods: ['password'], password: { user: { id: 'u9', password: 'pw' } } },
      scope: { project: { id: 'p9' } },
    })
  })

  it('has a password that stays what was typed, digits too', () => {
    expect(JSON.stringify(body(`${url}, username: ada, password: 0123, project_name: p`))).toContain('"0123"')
    expect(JSON.stringify(body(`${url}, username: ada, password: no, project_name: p`))).toContain('"no"')
  })

  it.each(['    auth_type: v3applicationcredential\n', ''])(
    'is an application credential by id (%j)',
    (more) => {
      expect(body(`${url}, application_credential_id: a1, application_credential_secret: s`, more)).toEqual({
        identity: {
          methods: ['application_credential'],
          application_credential: { id: 'a1', secret: 's' },
        },
      })
    },
  )

  it('is an application credential by name and user', () => {
    expect(
      body(
        `${url}, application_credential_name: class, application_credential_secret: s, username: ada, user_domain_name: Univ`,
      ),
    ).toMatchObject({
      identity: {
        application_credential: {
          name: 'class',
          secret: 's',
          user: { name: 'ada', domain: { name: 'Univ' } },
        },
      },
    })
  })

  it('is whoever holds a token, in a project', () => {
    expect(body(`${url}, token: t, project_name: p`, '    auth_type: token\n')).toEqual({
      identity: { methods: ['token'], token: { id: 't' } },
      scope: { project: { name: 'p', domain: { name: 'Default' } } },
    })
  })

  it('may stand beside `auth`, as in old files, and with hyphens', () => {
    const text =
      'clouds:\n  lyon:\n    auth-url: https://l.example\n    username: ada\n    password: pw\n    project-name: p\n'
    expect(bodyOf(access(only(text)))).toContain('"name":"ada"')
  })

  test.each([
    ['no auth_url', 'username: ada, password: pw, project_name: p', '', 'it has no auth_url'],
    ['an auth_url that is none', 'auth_url: lyon, username: a', '', 'its auth_url is no URL'],
    ['no user', `${url}, password: pw, project_name: p`, '', 'it has no username or user_id'],
    ['no password', `${url}, username: ada, project_name: p`, '', 'it has no password'],
    ['no project', `${url}, username: ada, password: pw`, '', 'it has no project_name or project_id'],
    ['no secret', `${url}, application_credential_id: a1`, '', 'it has no application_credential_secret'],
    ['another way', auth, '    auth_type: v3oidcpassword\n', 'its auth_type is v3oidcpassword'],
    ['a client certificate', auth, '    cert: me.pem\n', 'client certificate'],
    ['an interface that is none', auth, '    interface: outer\n', 'its interface is outer'],
  ])('is refused with %s', (_, of, more, why) => {
    const refused = fault(only(entry(more, of)))
    expect(refused.code).toBe('clouds-auth')
    expect(refused.why).toContain(why)
    expect(refused.where).toMatchObject({ file: own, line: 2 })
  })

  it('is never shown', () => {
    const all = [
      access(only(entry())),
      fault(only(entry('    profile: vexxhost\n', 'username: ada, password: very-secret'))),
      fault(only('clouds:\n  lyon:\n    auth: {password: very-secret\n')),
    ]
    expect(JSON.stringify(all)).not.toContain('very-secret')
    expect(JSON.stringify(access(only(entry())))).not.toContain('"pw"')
  })
})

describe('how the cloud is called', () => {
  test.each([
    ['', 'public'],
    ['    interface: internal\n', 'internal'],
    ['    endpoint_type: internalURL\n', 'internal'],
    ['    interface: admin\n', 'admin'],
  ])('by the interface of %j', (more, face) => {
    expect(access(only(entry(more))).interface).toBe(face)
  })

  test.each([
    ['', null],
    ['    region_name: two\n', 'two'],
    ['    regions: [one, two]\n', 'one'],
    ['    regions:\n      - name: one\n      - two\n', 'one'],
  ])('in the region of %j', (more, region) => {
    expect(access(only(entry(more))).region).toBe(region)
  })

  it('at addresses that overrule the catalogue', () => {
    expect(access(only(entry('    compute_endpoint_override: https://n.example/v2.1\n'))).endpoints).toEqual({
      compute: 'https://n.example/v2.1',
    })
  })

  it.each(['/etc/lyon.pem', '~/lyon.pem', 'lyon.pem'])('with the authority %s', (path) => {
    const places = { '/etc/lyon.pem': 'PEM', [`${home}/lyon.pem`]: 'PEM', '/course/lyon.pem': 'PEM' }
    expect(access({ ...only(entry(`    cacert: ${path}\n`)), ...places }).tls).toEqual({
      ca: 'PEM',
      verify: true,
    })
  })

  it('with an authority beside the file, and never without one that is missing', () => {
    const more = entry('    cacert: ca.pem\n')
    expect(access({ '/opt/c.yaml': more, '/opt/ca.pem': 'PEM' }, 'lyon', '/opt/c.yaml').tls.ca).toBe('PEM')
    expect(fault({ '/opt/c.yaml': more }, 'lyon', '/opt/c.yaml').why).toContain('its cacert is not there')
  })

  it.each(['    verify: false\n', '    verify: no\n', '    insecure: true\n'])(
    'unchecked with %j',
    (more) => {
      expect(access(only(entry(more))).tls.verify).toBe(false)
    },
  )
})

describe('what is refused', () => {
  it('an entry that is not there, with the nearest one', () => {
    const { code, why, fix } = fault(only(entry()), 'lion')
    expect([code, why, fix]).toEqual(['clouds-entry', 'it has lyon', 'did you mean entry: lyon?'])
  })

  it.each(['profile', 'cloud'])('an entry that leans on a vendor (%s)', (key) => {
    const { code, title } = fault(only(entry(`    ${key}: vexxhost\n`)))
    expect([code, title]).toEqual(['clouds-profile', 'the entry leans on the profile vexxhost'])
  })

  it('what is no YAML', () => {
    expect(fault(only('clouds: [')).code).toBe('clouds-syntax')
    expect(fault(only('')).why).toBe('it names none at all')
  })
})
