// Decides how the `openstack` command enrols the class of the bench: one call after the other, as a shell script has it.
// Leaves installing it to tools, and measuring to run.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Class, slashOf } from './class.ts'
import type { Tools, Way } from './ansible.ts'
import { type Contestant, program, type Student } from './run.ts'

export function client(wanted: Class, way: Way, tools: Tools): Contestant {
  mkdirSync(way.dir, { recursive: true })
  const { name, quota, shape, external } = wanted
  const place = new Map<string, number>()
  const env = { OS_CLIENT_CONFIG_FILE: way.cloudsYaml, LC_ALL: 'C.UTF-8' }
  const call = (auth: readonly string[], words: readonly string[], fine: readonly number[]) =>
    program([join(tools.venv, 'bin/openstack'), ...auth, ...words], env, fine)
  const os = (...words: string[]) => call(['--os-cloud', 'bench'], words, [0])
  /** Where there is no `--or-show`, a second time is refused: as with `|| true` in a script. */
  const anyway = (...words: string[]) => call(['--os-cloud', 'bench'], words, [0, 1])
  const id = async (...words: string[]) =>
    (await os(...words, '-f', 'value', '-c', 'id')).trim().split('\n').at(-1) ?? ''
  const as = ({ login, password }: Student) => [
    ...['--os-auth-url', way.authUrl, '--os-username', login, '--os-password', password],
    ...[
      '--os-project-name',
      `${name}-${login}`,
      '--os-region-name',
      way.region,
      '--os-interface',
      way.interface,
    ],
    ...[
      '--os-user-domain-name',
      'Default',
      '--os-project-domain-name',
      'Default',
      '--os-identity-api-version',
      '3',
    ],
  ]
  const exists = async (kind: string, one: string) =>
    /^[0-9a-f-]{36}$/m.test(await anyway(kind, 'show', one, '-f', 'value', '-c', 'id'))
  const slaac = ['--ip-version', '6', '--ipv6-ra-mode', 'slaac', '--ipv6-address-mode', 'slaac']

  /** Network, subnet and router of that name; each is asked for first. */
  const network = async (one: string, cidr: string, project: readonly string[]) => {
    if (!(await exists('network', one))) await os('network', 'create', ...project, one)
    if (!(await exists('subnet', one)))
      await os('subnet', 'create', ...project, '--network', one, '--subnet-range', cidr, ...slaac, one)
    if (await exists('router', one)) return
    await os('router', 'create', ...project, '--external-gateway', external, one)
    await os('router', 'add', 'subnet', one, one)
  }

  const rule = async (group: string, project: string, ...words: string[]) =>
    anyway(
      ...['security', 'group', 'rule', 'create', '--project', project, '--ethertype', 'IPv6'],
      ...['--remote-ip', '::/0', ...words, group],
    )

  const one = async (student: Student) => {
    const { login, password, publicKey } = student
    const project = `${name}-${login}`
    const projectId = await id('project', 'create', '--or-show', '--domain', 'default', project)
    await os(
      'user',
      'create',
      '--or-show',
      '--domain',
      'default',
      '--project',
      project,
      '--password',
      password,
      login,
    )
    await os('role', 'add', '--user', login, '--project', project, 'member')
    const compute = [
      '--instances',
      String(quota.instances),
      '--cores',
      String(quota.cores),
      '--ram',
      String(quota.ram),
    ]
    const networks = ['--networks', String(quota.networks), '--subnets', String(quota.subnets)]
    const others = ['--routers', String(quota.routers), '--ports', String(quota.ports)]
    const rules = ['--secgroups', String(quota.groups), '--secgroup-rules', String(quota.rules)]
    await os('quota', 'set', ...compute, ...networks, ...others, ...rules, project)
    const listed = await os('security', 'group', 'list', '--project', projectId, '-f', 'value', '-c', 'ID')
    const [group = ''] = listed.trim().split('\n').slice(-1)
    await rule(group, project, '--protocol', 'ipv6-icmp')
    await rule(group, project, '--protocol', 'tcp', '--dst-port', '22')
    const key = join(way.dir, `${login}.pub`)
    writeFileSync(key, `${publicKey}\n`)
    await call(as(student), ['keypair', 'create', '--public-key', key, 'bench'], [0, 1])
    if (shape === 'A') {
      if (!place.has(login)) place.set(login, place.size + 1)
      await network(project, slashOf(wanted, place.get(login) ?? 0), ['--project', project])
    } else
      await anyway(
        ...['network', 'rbac', 'create', '--type', 'network', '--action', 'access_as_shared'],
        ...['--target-project', project, `${name}-class`],
      )
  }

  return {
    name: 'openstack CLI',
    version: tools.client,
    async enrol(students) {
      if (shape === 'B') await network(`${name}-class`, slashOf(wanted, 0), [])
      for (const student of students) await one(student)
    },
    async remove(leaving) {
      for (const student of leaving) {
        const project = `${name}-${student.login}`
        await call(as(student), ['keypair', 'delete', 'bench'], [0, 1])
        if (shape === 'A') {
          await anyway('router', 'remove', 'subnet', project, project)
          await anyway('router', 'delete', project)
          await anyway('network', 'delete', project)
        }
        await os('user', 'delete', student.login)
        await os('project', 'delete', project)
      }
    },
  }
}
