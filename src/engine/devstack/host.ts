// Decides what a server must have before stack.sh: packages, the user stack, room on its disk, a clock, swap.
// Leaves network and firewall to delivery/, which come before, and DevStack's own packages to DevStack.
import { command, file, shell, type HostStep } from '../../core/step.ts'
import { ini } from '../../render/ini.ts'
import { section, systemdUnit } from '../../render/systemd-unit.ts'
import { queueFiles } from '../queue.ts'
import { switchStep } from '../switch.ts'
import { awaitHttpFile, heldBack } from '../units.ts'
import { dest, user } from './places.ts'
import type { DevstackSite } from './release-facts.ts'

const packages = [
  'git',
  'sudo',
  'curl',
  'openssl',
  // Their listeners and bridges stand before DevStack asks for them.
  'rabbitmq-server',
  'openvswitch-switch',
  'apache2',
  'nginx',
] as const

/** MiB. Measured: sources 1.6 GiB, environment 0.9, packages 2.2, the rest databases, logs and images. */
const roomMiB = 12_000

const noRoom = {
  code: 'devstack-disk-full',
  title: 'the server has too little room for DevStack',
  why: `sources, environments, databases and images need ${Math.round(roomMiB / 1000)} GB beside what instances get`,
  fix: 'make room (df -h; du -xsh /var/* /opt), or install the server with a larger root file system',
}

/** MiB under which a server gets a swap file: stack.sh builds wheels while its services already run. */
const tightMiB = 12 * 1024
const swapMiB = 4096
const swapFile = '/var/lib/bateau/swap'
const swapUnit = 'var-lib-bateau-swap.swap'

export function hostSteps(site: DevstackSite): HostStep[] {
  return [
    packagesStep(),
    ...(site.facts.memoryMiB < tightMiB ? [swapStep] : []),
    userStep(site),
    switchStep(site, ['openstack/host']),
  ]
}

function packagesStep(): HostStep {
  return {
    id: 'openstack/host',
    title: 'DevStack: what it stands on',
    because:
      'queue, switch and web server listen on ::1 from their first start on, before DevStack configures them',
    files: [
      awaitHttpFile,
      ...queueFiles(),
      // Apache is behind the front; a configuration that is there is kept by its package.
      file('/etc/apache2/ports.conf', 'Listen [::1]:80'),
      // nginx's welcome page would take port 80 of every address.
      heldBack('nginx.service'),
    ],
    run: [
      { ...shell(roomScript), faults: [noRoom] },
      {
        ...shell(
          [
            'export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8',
            'systemctl daemon-reload',
            'dpkg --configure -a --force-confold',
            'apt-get -q -o DPkg::Lock::Timeout=600 update',
            'clock=',
            // A container has its machine's clock.
            'if ! systemd-detect-virt --container --quiet && ! systemctl is-active --quiet chrony ntpsec; then clock=systemd-timesyncd; fi',
            `apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install ${packages.join(' ')} $clock`,
            'if [ -n "$clock" ]; then systemctl enable --quiet --now systemd-timesyncd; fi',
          ].join('\n'),
        ),
        idleSeconds: 600,
      },
    ],
    verify: [
      shell(
        `test "$(dpkg-query -W -f '\${db:Status-Abbrev}\\n' ${packages.join(' ')} | grep -c '^ii')" = ${packages.length}`,
      ),
    ],
    after: [],
  }
}

/** Not asked again once DevStack is there: it takes its own share of the room. */
const roomScript = `test ! -e ${dest}/devstack || exit 0
free=$(df --output=avail -BM / /var /opt | tail -n +2 | tr -dc '0-9\\n' | sort -n | head -n 1)
test "$free" -ge ${roomMiB} && exit 0
echo "==seen $free MB are free"
echo "==fault ${noRoom.code}"
exit 1`

const swapStep: HostStep = {
  id: 'openstack/swap',
  title: 'Swap',
  because: `the server has less than ${tightMiB / 1024} GiB, and stack.sh builds while its services already run`,
  files: [
    systemdUnit(
      swapUnit,
      ['Written by bateau.'],
      [
        section(
          'Unit',
          ['Description', "bateau's swap file"],
          // A container has its machine's memory.
          ['ConditionVirtualization', '!container'],
        ),
        section('Swap', ['What', swapFile]),
        section('Install', ['WantedBy', 'swap.target']),
      ],
    ),
  ],
  run: [
    {
      ...shell(`if systemd-detect-virt --container --quiet || [ "$(swapon --show --noheadings | wc -l)" -gt 0 ]; then exit 0; fi
umask 077
fallocate -l ${swapMiB}M ${swapFile} || dd if=/dev/zero of=${swapFile} bs=1M count=${swapMiB} status=none
mkswap ${swapFile}
systemctl daemon-reload
systemctl enable --quiet --now ${swapUnit}`),
      idleSeconds: 300,
    },
  ],
  verify: [],
  after: ['openstack/host'],
}

function userStep(site: DevstackSite): HostStep {
  const { pipIndex } = site.engine
  return {
    id: 'openstack/user',
    title: `DevStack: user ${user}`,
    because: 'stack.sh refuses to run as root, and needs sudo without a password',
    files: [],
    run: [
      shell(`id ${user} >/dev/null 2>&1 || useradd --user-group --shell /bin/bash --home-dir ${dest} --create-home ${user}
# Services that are not of this user run from here as well; adduser's own mode would keep them out.
chmod 0755 ${dest}
printf '%s ALL=(ALL) NOPASSWD:ALL\\n' ${user} > /etc/sudoers.d/50_stack_sh
chmod 0440 /etc/sudoers.d/50_stack_sh
visudo -q -c -f /etc/sudoers.d/50_stack_sh
# Clones of root's or of a mirror's own user (git-config(1), safe.directory).
git config --system --get-all safe.directory | grep -qx '\\*' || git config --system --add safe.directory '*'`),
      pipIndex === null
        ? command('rm', '-f', `${dest}/.config/pip/pip.conf`)
        : {
            ...shell(`install -d -o ${user} -g ${user} ${dest}/.config ${dest}/.config/pip
cat > ${dest}/.config/pip/pip.conf
chown ${user}: ${dest}/.config/pip/pip.conf`),
            stdin: pipConf(pipIndex),
          },
    ],
    verify: [
      command('id', user),
      command('test', '-O', '/etc/sudoers.d/50_stack_sh'),
      command(
        'test',
        pipIndex === null ? '!' : '-s',
        ...(pipIndex === null ? ['-e'] : []),
        `${dest}/.config/pip/pip.conf`,
      ),
    ],
    after: ['openstack/host'],
  }
}

/** pip takes an index without TLS only from a host that it is told to trust (pip's configuration page). */
function pipConf(index: string): string {
  const { protocol, host, hostname } = new URL(index)
  return ini({
    global: {
      'index-url': index,
      timeout: 60,
      retries: 8,
      ...(protocol === 'http:' ? { 'trusted-host': host === hostname ? hostname : host } : {}),
    },
  })
}
