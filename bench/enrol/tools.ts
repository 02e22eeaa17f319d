// Decides what the others are: versions from PyPI in a virtual environment of the bench's own, kept between runs.
// Leaves using them to their files.
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Tools } from './ansible.ts'
import { program } from './run.ts'

const wanted = { ansible: '12.2.0', openstacksdk: '4.4.0', 'python-openstackclient': '7.4.0' }

/** `BATEAU_BENCH_VENV`, else below the cache directory. Made when it is not there: some minutes and 700 MB. */
export async function toolsOf(): Promise<Tools> {
  const venv = process.env['BATEAU_BENCH_VENV'] ?? join(homedir(), '.cache/bateau/bench-enrol')
  if (!existsSync(join(venv, 'bin/ansible-playbook'))) {
    await program(['python3', '-m', 'venv', venv], {})
    const packages = Object.entries(wanted).map(([name, version]) => `${name}==${version}`)
    await program([join(venv, 'bin/pip'), 'install', '--quiet', ...packages], {})
  }
  const said = await program(
    [
      join(venv, 'bin/python'),
      '-c',
      'from importlib.metadata import version; import ansible_collections.openstack.cloud as c; print(version("ansible-core"), version("openstacksdk"), version("python-openstackclient"), list(c.__path__)[0])',
    ],
    {},
  )
  const [core = '?', sdk = '?', osc = '?', path = ''] = said.trim().split('\n').at(-1)?.split(' ') ?? []
  const manifest = JSON.parse(readFileSync(join(path, 'MANIFEST.json'), 'utf8')) as {
    collection_info: { version: string }
  }
  return {
    venv,
    ansible: `openstack.cloud ${manifest.collection_info.version}, ansible-core ${core}, openstacksdk ${sdk}`,
    client: `python-openstackclient ${osc}, openstacksdk ${sdk}`,
  }
}
