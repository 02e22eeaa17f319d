// Decides how Ansible enrols the class of the bench: one playbook of openstack.cloud's modules with loops, as a person writes it.
// Leaves installing it to tools, and measuring to run. The text is the bench's own.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Class, slashOf } from './class.ts'
import { type Contestant, program, type Student } from './run.ts'

export type Tools = { venv: string; ansible: string; client: string }
/** As clients of this cloud are told where it is. */
export type Way = { dir: string; cloudsYaml: string; authUrl: string; region: string; interface: string }

/** `place`: of each student in the class, for the /64 of their network; it does not change when others come. */
export function ansible(wanted: Class, way: Way, tools: Tools): Contestant {
  mkdirSync(way.dir, { recursive: true })
  const place = new Map<string, number>()
  const placed = (all: readonly Student[]) =>
    all.map(({ login, password, publicKey }) => {
      if (!place.has(login)) place.set(login, place.size + 1)
      return { login, password, key: publicKey, cidr: slashOf(wanted, place.get(login) ?? 0) }
    })
  const play = async (name: string, students: readonly Student[]) => {
    const path = join(way.dir, `${name}.yaml`)
    const vars = join(way.dir, 'class.json')
    writeFileSync(path, name === 'enrol' ? enrolPlay(wanted, way) : removePlay(wanted, way))
    writeFileSync(vars, JSON.stringify({ students: placed(students) }), { mode: 0o600 })
    await program([join(tools.venv, 'bin/ansible-playbook'), '-i', 'localhost,', '-e', `@${vars}`, path], {
      OS_CLIENT_CONFIG_FILE: way.cloudsYaml,
      ANSIBLE_LOCALHOST_WARNING: 'False',
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_HOME: join(way.dir, 'home'),
      LC_ALL: 'C.UTF-8',
    })
  }
  return {
    name: 'Ansible',
    version: tools.ansible,
    enrol: (students) => play('enrol', students),
    remove: (leaving) => play('remove', leaving),
  }
}

const head = (title: string, face: string) => `- name: ${title}
  hosts: localhost
  connection: local
  gather_facts: false
  vars:
    ansible_python_interpreter: "{{ ansible_playbook_python }}"
  module_defaults:
    group/openstack.cloud.openstack:
      cloud: bench
      # The modules say public of their own accord, whatever clouds.yaml has.
      interface: ${face}
  tasks:
`

/** One task over all students; `body` is the module with its arguments. */
const each = (title: string, module: string, body: string, more = '') => `
    - name: ${title}
      openstack.cloud.${module}:
${body.replaceAll(/^/gm, '        ')}
      loop: "{{ students }}"
      loop_control: {label: "{{ item.login }}"}
${more.replaceAll(/^(?=.)/gm, '      ')}`

function enrolPlay(wanted: Class, { authUrl, region, interface: face }: Way): string {
  const { name, quota, external } = wanted
  const project = `${name}-{{ item.login }}`
  const common = `
    - name: class network
      openstack.cloud.network: {name: ${name}-class, state: present}
      register: class_network
    - name: its subnet
      openstack.cloud.subnet:
        name: ${name}-class
        network: ${name}-class
        ip_version: 6
        cidr: ${slashOf(wanted, 0)}
        ipv6_ra_mode: slaac
        ipv6_address_mode: slaac
    - name: its router
      openstack.cloud.router:
        name: ${name}-class
        network: ${external}
        interfaces: [${name}-class]
`
  const accounts = [
    each('projects', 'project', `name: ${project}\ndomain: default`),
    each(
      'users',
      'identity_user',
      `name: "{{ item.login }}"\npassword: "{{ item.password }}"\nupdate_password: on_create\ndefault_project: ${project}\ndomain: default`,
      'no_log: true\n',
    ),
    each('roles', 'role_assignment', `user: "{{ item.login }}"\nrole: member\nproject: ${project}`),
    each(
      'quotas',
      'quota',
      `name: ${project}
instances: ${quota.instances}
cores: ${quota.cores}
ram: ${quota.ram}
networks: ${quota.networks}
subnets: ${quota.subnets}
routers: ${quota.routers}
ports: ${quota.ports}
security_groups: ${quota.groups}
security_group_rules: ${quota.rules}`,
    ),
    each(
      'ping',
      'security_group_rule',
      `security_group: default\nproject: ${project}\nether_type: IPv6\nprotocol: ipv6-icmp\nremote_ip_prefix: "::/0"`,
    ),
    each(
      'ssh',
      'security_group_rule',
      `security_group: default\nproject: ${project}\nether_type: IPv6\nprotocol: tcp\nport_range_min: 22\nport_range_max: 22\nremote_ip_prefix: "::/0"`,
    ),
    each(
      'key pairs',
      'keypair',
      asStudent(project, authUrl, region, face) + '\nname: bench\npublic_key: "{{ item.key }}"',
      'no_log: true\n',
    ),
  ]
  const networks =
    wanted.shape === 'B'
      ? [
          `
    - name: ids of the projects
      openstack.cloud.project_info: {}
      register: projects`,
          each(
            'use of the class network',
            'neutron_rbac_policy',
            `object_type: network\nobject_id: "{{ class_network.id }}"\nproject_id: "{{ class_network.network.project_id }}"\naction: access_as_shared\ntarget_project_id: "{{ (projects.projects | selectattr('name', 'eq', '${name}-' ~ item.login) | first).id }}"`,
          ),
        ]
      : [
          each('networks', 'network', `name: ${name}-{{ item.login }}\nproject: ${project}`),
          each(
            'subnets',
            'subnet',
            `name: ${name}-{{ item.login }}\nnetwork: ${name}-{{ item.login }}\nproject: ${project}\nip_version: 6\ncidr: "{{ item.cidr }}"\nipv6_ra_mode: slaac\nipv6_address_mode: slaac`,
          ),
          each(
            'routers',
            'router',
            `name: ${name}-{{ item.login }}\nproject: ${project}\nnetwork: ${external}\ninterfaces: ["${name}-{{ item.login }}"]`,
          ),
        ]
  return head('the class', face) + (wanted.shape === 'B' ? common : '') + [...accounts, ...networks].join('')
}

/** Only the own user may make a key pair by this module. */
const asStudent = (project: string, authUrl: string, region: string, face: string) => `cloud: null
auth:
  auth_url: ${authUrl}
  username: "{{ item.login }}"
  password: "{{ item.password }}"
  project_name: ${project}
  user_domain_name: Default
  project_domain_name: Default
region_name: ${region}
interface: ${face}`

function removePlay({ name, shape }: Class, { authUrl, region, interface: face }: Way): string {
  const project = `${name}-{{ item.login }}`
  const own = `name: ${name}-{{ item.login }}\nstate: absent`
  return (
    head('the class leaves', face) +
    [
      each(
        'key pairs',
        'keypair',
        asStudent(project, authUrl, region, face) + '\nname: bench\nstate: absent',
        'no_log: true\n',
      ),
      ...(shape === 'A' ? [each('routers', 'router', own), each('networks', 'network', own)] : []),
      each('users', 'identity_user', 'name: "{{ item.login }}"\nstate: absent'),
      each('projects', 'project', `name: ${project}\nstate: absent`),
    ].join('')
  )
}
