// Decides the steps around stack.sh: its local.conf, the program that runs it, the run itself, what must then be true.
// Leaves what is changed afterwards to doors.ts.
import { command, file, shell, type Command, type HostStep } from '../../core/step.ts'
import { active, answers, awaitHttp } from '../units.ts'
import { internalUrl } from '../urls.ts'
import { databaseLogin, query } from './database.ts'
import { driveFile } from './drive.ts'
import { driverScript } from './driver-script.ts'
import { driverFaults } from './failures.ts'
import { renderLocalConf } from './local-conf.ts'
import { places, user } from './places.ts'
import type { DevstackSite } from './release-facts.ts'
import { devstackUnits } from './units.ts'

/** Apache's port on ::1; the services answer under its paths. */
export const apiPort = 80

export const drive = (...mode: string[]): Command => ({
  ...command('perl', places.driver, ...mode, places.drive),
  // It says something every few seconds, and sees to stack.sh itself.
  idleSeconds: 300,
  faults: driverFaults,
  evidence: [places.log, `${places.memory}/stack.out`, '/opt/stack/logs/worlddump-latest.txt'],
})

export function stackSteps(site: DevstackSite): HostStep[] {
  return [
    {
      id: 'openstack/local-conf',
      title: 'DevStack: local.conf',
      because: 'what stack.sh makes is decided here; each line has its reason above it',
      files: [
        file(places.localConf, renderLocalConf(site), '0600'),
        databaseLogin(site),
        file(places.driver, driverScript, '0755'),
        driveFile(site),
      ],
      run: [
        command(
          'install',
          '-o',
          user,
          '-g',
          user,
          '-m',
          '0600',
          places.localConf,
          `${places.checkout}/local.conf`,
        ),
        command('perl', places.driver, 'note', places.drive),
      ],
      verify: [command('cmp', '-s', places.localConf, `${places.checkout}/local.conf`)],
      after: ['openstack/source', 'openstack/ovs'],
    },
    {
      id: 'openstack/stack',
      title: 'DevStack: stack.sh',
      because: `OpenStack ${site.engine.release} is built and started; once, unless it is asked for again`,
      files: [],
      run: [drive('run'), { ...shell(standing(site)), idleSeconds: 180 }],
      verify: [
        command('test', '-s', `${places.memory}/stacked.json`),
        // Asked for anew.
        command('test', '!', '-e', `${places.memory}/asked`),
        ...active(...devstackUnits(site)),
        answers(internalUrl(apiPort, '/identity/v3')),
        ...silentFailures(site),
      ],
      after: ['openstack/local-conf'],
    },
    cellStep(site),
  ]
}

/** stack.sh does not wait for the last units that it starts; what is looked at next is whether they run. */
const standing = (site: DevstackSite) => `for unit in ${devstackUnits(site).join(' ')}; do
  until systemctl is-active --quiet "$unit"; do sleep 0.5; done
done
${awaitHttp} ${internalUrl(apiPort, '/identity/v3')}`

/**
 * A hypervisor that is not in its cell never gets an instance. stack.sh looks for it once, and on a busy server before
 * nova-compute has written its record: seen at a second stack.sh of 2026.1.
 */
function cellStep(site: DevstackSite): HostStep {
  const isThere = (table: string) =>
    `${query(site, `SELECT 1 FROM ${table} WHERE host = '$(hostname)'`)} | grep -q 1`
  return {
    id: 'openstack/cell',
    title: 'Nova: the hypervisor in its cell',
    because: 'stack.sh looks for it once, and may be too early',
    files: [],
    run: [
      {
        ...shell(`until ${isThere('nova_cell1.compute_nodes')}; do sleep 1; done
runuser -u ${user} -- ${places.venv}/bin/nova-manage cell_v2 discover_hosts`),
        idleSeconds: 180,
      },
    ],
    verify: [
      shell(
        `${isThere('nova_api.host_mappings')} || { echo 'the hypervisor is not registered in the cell'; exit 1; }`,
      ),
    ],
    after: ['openstack/stack'],
  }
}

/** What stack.sh passes over with a warning, or not even that. */
function silentFailures(site: DevstackSite): Command[] {
  return [
    // lib/nova: without /dev/kvm it says "WARNING: Switching to QEMU" and goes on.
    ...(site.facts.kvm
      ? [
          shell(
            `grep -Eq '^virt_type *= *kvm' /etc/nova/nova-cpu.conf || { echo 'stack.sh has fallen back to QEMU: /dev/kvm does not open'; exit 1; }`,
          ),
        ]
      : []),
    ...site.engine.imageUrls.map((url) => {
      const name = imageName(url)
      return shell(
        `${query(site, `SELECT 1 FROM glance.images WHERE name = '${name}' AND status = 'active'`)} | grep -q 1 || { echo 'the image ${name} was not downloaded'; exit 1; }`,
      )
    }),
  ]
}

/** As upload_image in DevStack's functions names it: the file without its ending. */
export function imageName(url: string): string {
  const base = new URL(url).pathname.split('/').at(-1) ?? ''
  return base.replace(/\.(qcow2|img|raw|iso|vmdk|vhd|tar\.gz|tgz)$/, '').replaceAll("'", '')
}
