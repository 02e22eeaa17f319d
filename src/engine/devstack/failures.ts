// Decides what a failure of stack.sh is: patterns of its output, the cause behind each, what to do, whether again may help.
// Leaves matching to the driver on the server, which gets the patterns, and showing to the faces.
import type { Fault } from '../../core/fault.ts'

export type Failure = {
  code: string
  /** Regular expression, alike in Perl and here; matched against single lines. */
  pattern: string
  title: string
  why: string
  fix: string
  /** A cause that passes: stack.sh is run once more by itself, as long as OVN has not been started. */
  again: boolean
}

const anew = 'then run the same command again: it begins stack.sh anew'

/**
 * The first that matches is told, so causes stand before what they lead to. Words are those of DevStack (stack.sh,
 * functions, functions-common, lib/, inc/ at da2f4d73, stable/2026.1, unless said), of apt, pip, git, MariaDB, sudo.
 */
export const failures: readonly Failure[] = [
  {
    code: 'devstack-distribution',
    pattern: 'this script has not been tested on|Support for \\S+ is incomplete',
    title: 'this release of DevStack does not know this distribution',
    why: 'stack.sh has a list of distributions and stops on every other one',
    fix: 'see docs/devstack.md for the pairs that go together, and change engine: release, or re-image the server',
    again: false,
  },
  {
    code: 'devstack-disk-full',
    pattern: 'No space left on device|You don.t have enough free space',
    title: 'the disk of the server is full',
    why: 'sources, environments, databases and images take about 8 GiB under /opt/stack and /var',
    fix: `make room (df -h; du -xsh /opt/stack /var/*), ${anew}`,
    again: false,
  },
  {
    code: 'devstack-memory',
    pattern: 'Out of memory: Killed process|oom-kill:|Cannot allocate memory|\\bMemoryError\\b',
    title: 'the server ran out of memory',
    why: 'the services and what builds them need 6 GiB before the first instance',
    fix: `take a server with more, or give it swap (fallocate, mkswap, swapon), ${anew}`,
    again: false,
  },
  {
    code: 'devstack-dpkg-lock',
    pattern: 'Could not get lock /var/lib/(dpkg|apt)|Unable to acquire the dpkg frontend lock',
    title: 'another program holds the package manager',
    why: 'unattended-upgrades or a person installs packages at the same time',
    fix: `wait for it (ps aux | grep -E 'apt|dpkg'), ${anew}`,
    again: true,
  },
  {
    code: 'devstack-packages-unreachable',
    pattern:
      'E: Failed to fetch|E: Unable to fetch some archives|Failed to update apt repos|Hash Sum mismatch|E: The repository .* does not have a Release file',
    title: "the distribution's packages could not be fetched",
    why: 'the mirror did not answer, or was being renewed just then',
    fix: `on the server: apt-get update; if that fails, name another mirror in /etc/apt, ${anew}`,
    again: true,
  },
  {
    code: 'devstack-package-unknown',
    pattern: 'E: Unable to locate package|E: Package .* has no installation candidate',
    title: 'a package that DevStack asks for is not in the distribution',
    why: 'a component of the archive is switched off in /etc/apt (Ubuntu needs `universe`), or the release does not fit the distribution',
    fix: `enable it in /etc/apt/sources.list.d, apt-get update, ${anew}`,
    again: false,
  },
  {
    code: 'devstack-branch-gone',
    pattern:
      "Remote branch \\S+ not found in upstream|couldn't find remote ref|pathspec '\\S+' did not match any|is neither branch nor tag",
    title: 'a branch is not there (any more)',
    why: 'OpenStack renames stable/X to unmaintained/X after about 18 months, and removes it later; a mirror may lack it',
    fix: 'take a newer engine: release, or a git_base that has the branch',
    again: false,
  },
  {
    code: 'devstack-git-unreachable',
    pattern:
      'fatal: unable to access|fatal: unable to connect|fatal: could not read from remote|Maximum of 3 git retries reached|early EOF|fetch-pack: unexpected disconnect|RPC failed; curl|does not appear to be a git repository|repository \\S+ (not found|does not exist)',
    title: 'a git repository could not be cloned',
    why: 'the host of git_base does not answer from the server, or has not got that repository',
    fix: `on the server: git ls-remote GIT_BASE/openstack/nova.git; name a mirror under engine: git_base, ${anew}`,
    again: true,
  },
  {
    code: 'devstack-pip-editable',
    pattern:
      'legacy editable install|setup\\.py develop. is deprecated|--config-settings editable_mode|No module named .setuptools\\.command\\.develop',
    title: 'pip no longer installs the sources of this release',
    why: 'pip 25.3 and newer refuse the way in which releases up to 2025.1 are installed; their stable branch has a pin since October 2025 (e20d092c)',
    fix: 'take the newest commit of the branch: remove /opt/stack/devstack on the server, then run the same command again',
    again: false,
  },
  {
    code: 'devstack-pkg-resources',
    pattern: "No module named '?pkg_resources'?",
    title: 'setuptools has become too new for this release',
    why: 'setuptools 82 has no pkg_resources (February 2026); stable branches have a pin since (ffe1a5ad)',
    fix: 'take the newest commit of the branch: remove /opt/stack/devstack on the server, then run the same command again',
    again: false,
  },
  {
    code: 'devstack-distutils',
    pattern: 'Cannot uninstall .*(distutils|no RECORD file)',
    title: 'a package of the distribution stands in the way of pip',
    why: 'pip cannot replace what apt has installed outside an environment',
    fix: `on the server: apt-get remove the python3 package that is named above, ${anew}`,
    again: false,
  },
  {
    code: 'devstack-pip-conflict',
    pattern: 'ResolutionImpossible|conflicting dependencies',
    title: 'the releases of Python packages contradict each other',
    why: "requirements' upper-constraints.txt is of another branch than the projects, or the index lacks old releases",
    fix: 'let all repositories be of one branch (no *_BRANCH of their own), and look whether pip_index holds every release of PyPI',
    again: false,
  },
  {
    code: 'devstack-pip-unreachable',
    pattern:
      'ReadTimeoutError|ConnectTimeoutError|NewConnectionError|Max retries exceeded with url: /(simple|packages|pypi)|Could not fetch URL|IncompleteRead|ProxyError|pip._vendor.urllib3.exceptions',
    title: 'Python packages could not be fetched',
    why: 'the index did not answer from the server',
    fix: `on the server: curl -I https://pypi.org/simple/pbr/; name a mirror under engine: pip_index, ${anew}`,
    again: true,
  },
  {
    code: 'devstack-pip-lacks',
    pattern: 'No matching distribution found for|Could not find a version that satisfies',
    title: 'a Python package is not in the index',
    why: 'the index that pip asks does not hold the release that upper-constraints.txt names, or none for this Python',
    fix: `on the server: pip download --no-deps with the name above; name a whole mirror under engine: pip_index, ${anew}`,
    again: false,
  },
  {
    code: 'devstack-mixed-branches',
    pattern:
      'NoSuchOptError|no such option \\w+|unrecognized arguments: --config|has no attribute .*OptGroup',
    title: 'DevStack and a project are of different releases',
    why: 'one of them knows an option that the other has not got (yet)',
    fix: 'let all repositories be of one branch: no *_BRANCH of its own in local.conf, and a git_base whose branches are of one day',
    again: false,
  },
  {
    code: 'devstack-zswap',
    pattern: '/sys/module/zswap/.*(Invalid argument|No such (file|device))|z3fold',
    title: 'zswap of this kernel has not got the pool that DevStack asks for',
    why: 'z3fold is gone from newer kernels; DevStack stopped asking for it later (62537e6d)',
    fix: 'take the newest commit of the branch, or leave ENABLE_ZSWAP off',
    again: false,
  },
  {
    code: 'devstack-ksm',
    pattern: '/sys/kernel/mm/ksm/run.*(Read-only|Permission denied|No such file)',
    title: 'the kernel does not let DevStack set KSM',
    why: 'lib/host writes /sys/kernel/mm/ksm/run even where KSM is off; in a container that file is read-only',
    fix: 'run DevStack on a server of its own, not in a container',
    again: false,
  },
  {
    code: 'devstack-path-permissions',
    pattern: 'Invalid path permissions',
    title: 'the directory of DevStack cannot be entered by every service',
    why: 'adduser makes homes 0700 or 0750; the services run from /opt/stack',
    fix: `chmod 0755 /opt/stack, ${anew}`,
    again: false,
  },
  {
    code: 'devstack-host-address',
    pattern: 'Could not determine host ip(v6)? address',
    title: 'DevStack finds no address of the server',
    why: 'it looks on the interface of the default route, and leaves out what FIXED_RANGE and FLOATING_RANGE contain',
    fix: 'bateau check says what the uplink lacks; with a local.conf of your own, set HOST_IP and HOST_IPV6',
    again: false,
  },
  {
    code: 'devstack-sudo',
    pattern: 'sudo: a (terminal|password) is required|stack is not in the sudoers file',
    title: 'the user stack may not use sudo',
    why: 'stack.sh works as an ordinary user that may do everything without a password',
    fix: `see /etc/sudoers.d for a file that takes it back, ${anew}`,
    again: false,
  },
  {
    code: 'devstack-database-login',
    pattern: "ERROR 1045 \\(28000\\)|ERROR 1698 \\(28000\\)|Access denied for user '\\w+'@",
    title: 'the database does not let DevStack in',
    why: 'it was set up before, with another password, or lets root in by its socket only (LP 2090835, LP 1999090)',
    fix: 'on a server that has had a database: re-image it; or give the password back that it was made with',
    again: false,
  },
  {
    code: 'devstack-queue',
    pattern:
      'Failed to set rabbitmq password|unable to (connect to|perform an operation on) (epmd|node)|nodedown',
    title: 'RabbitMQ does not answer',
    why: 'the name that its node has does not resolve to an address of the server, or it did not start',
    fix: `on the server: systemctl status rabbitmq-server; getent hosts $(hostname), ${anew}`,
    again: false,
  },
  {
    code: 'devstack-ovn-sockets',
    pattern: '(Socket|DB File) \\S+ not found',
    title: 'the databases of OVN did not come up',
    why: 'sockets and locks of an earlier stack.sh are still there (cleared by itself from 2026.1 on, 20ed3c5f), or ovn-northd failed',
    fix: 'on the server: journalctl -u ovn-central -n 50; then run the same command again: it clears what is there first',
    again: false,
  },
  {
    code: 'devstack-libvirt-group',
    pattern: "group '?libvirtd?'? does not exist|sg: group .* does not exist",
    title: 'the group of libvirt is not there',
    why: 'DevStack takes it under another name than the distribution (LP 2119496, mended in 132adbbb)',
    fix: 'take the newest commit of the branch: remove /opt/stack/devstack on the server, then run the same command again',
    again: false,
  },
  {
    code: 'devstack-apparmor',
    pattern: 'apparmor_parser: |AppArmor parser error',
    title: 'a profile of AppArmor cannot be loaded',
    why: 'another package (podman on Ubuntu 24.04, LP 2065685, mended in 56c6ba1d) left one that the parser does not read',
    fix: `on the server: aa-status; remove the profile that is named above, ${anew}`,
    again: false,
  },
  {
    code: 'devstack-compute-unregistered',
    pattern: 'Didn.t find service registered by hostname',
    title: 'the hypervisor did not register with Nova in time',
    why: 'nova-compute did not start, or goes by another name than the host, or the server is very busy',
    fix: 'on the server: journalctl -u devstack@n-cpu -n 50; hostname must give the name in `openstack compute service list`',
    again: false,
  },
  {
    code: 'devstack-image',
    pattern:
      'Failed to download image|Error downloading image|(curl|wget):? .*(\\.qcow2|\\.img|\\.raw|\\.tar\\.gz)|Not found: http\\S*(\\.qcow2|\\.img)|is duplicate, please remove it from IMAGE_URLS',
    title: 'an image could not be fetched',
    why: 'a URL under engine: image_urls does not lead to an image, or stands there twice',
    fix: `on the server: curl -I with the URL; mend it in the course file, ${anew}`,
    again: false,
  },
  {
    code: 'devstack-migration',
    pattern: 'alembic\\.util\\.exc|DBMigrationError|sqlalchemy\\.exc\\.\\w+Error|Table .* already exists',
    title: 'a database schema could not be made',
    why: 'the database stopped in the middle, or holds what an earlier run left',
    fix: 'run the same command again: stack.sh makes the databases anew',
    again: false,
  },
  {
    code: 'devstack-service-silent',
    pattern: '(keystone|nova-api|placement-api|g-api|c-api|[Nn]eutron) did not start|failed to start in time',
    title: 'a service was started and does not answer',
    why: 'its own log says why',
    fix: "on the server: systemctl --failed; journalctl -u 'devstack@*' -p err -n 50",
    again: false,
  },
]

const own: readonly Omit<Failure, 'pattern'>[] = [
  {
    code: 'devstack-silent-download',
    title: 'stack.sh said nothing for too long while it fetched something, and was stopped',
    why: 'a download hangs: the other end accepts and sends nothing',
    fix: `on the server, try the mirror by hand (curl, git ls-remote); name another in the course file, ${anew}`,
    again: true,
  },
  {
    code: 'devstack-silent',
    title: 'stack.sh said nothing for too long and was stopped',
    why: 'a command waits for something that does not come',
    fix: `the log ends where it waits; ${anew}`,
    again: false,
  },
  {
    code: 'devstack-killed',
    title: 'stack.sh was killed',
    why: 'a person, a shutdown, or the kernel for want of memory (journalctl -k) ended it by a signal',
    fix: 'run the same command again: it begins stack.sh anew',
    again: false,
  },
  {
    code: 'devstack-unknown',
    title: 'stack.sh failed for a cause that bateau does not know',
    why: 'none of the known failures is in its output',
    fix: 'read the log that was fetched, from its end; what would have helped you is worth an issue',
    again: false,
  },
  {
    code: 'devstack-busy',
    title: 'another stack.sh of bateau runs on this server',
    why: 'two at once would undo each other',
    fix: 'run the same command again when it has ended',
    again: false,
  },
  {
    code: 'service-down',
    title: 'a service of the cloud does not start',
    why: 'its own log says why',
    fix: "on the server: systemctl --failed; journalctl -u 'devstack@*' -p err -n 50",
    again: false,
  },
]

/** Every fault that the driver may name. */
export const driverFaults: readonly Fault[] = [...failures, ...own].map(({ code, title, why, fix }) => ({
  code,
  title,
  why,
  fix,
}))
