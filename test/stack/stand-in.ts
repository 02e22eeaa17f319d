// Decides a program that takes the place of stack.sh where OpenStack cannot be cloned: the same phases, logs, units and failures, faster.
// Leaves what must be true of the driver to the test. Nothing of it is DevStack's own text.
import { ownUnits } from '../../src/engine/devstack/units.ts'
import { recorded } from './recorded.ts'

/** How many times faster than the recorded run. */
export const hurry = 40

/** Written by a test into /opt/stack/fault on the server; the stand-in does it once and takes the file away. */
export type FaultName = 'fails-in-nova-init' | 'hangs-in-pip' | 'image-silently-missing' | 'slow-at-ovn'

/** Units of the distribution that the real one installs or leaves running, and that are not there here. */
const lacking = [
  'mariadb',
  'memcached',
  'libvirtd',
  'ovn-ovsdb-server-nb',
  'ovn-ovsdb-server-sb',
  'ovn-northd',
  'ovn-controller',
].map((name) => `${name}.service`)

const units = [...lacking, ...ownUnits()]

/**
 * Like the real one it refuses root, needs sudo, reads local.conf from its own directory, writes a trace with time
 * stamps to LOGFILE behind a link, and with VERBOSE=False the summary alone to standard output. Like the real one its
 * trace holds passwords.
 */
export const standIn = `#!/bin/bash
set -o errexit
[ "$EUID" -ne 0 ] || { echo 'not as root'; exit 1; }
sudo -n true
cd "$(dirname "$0")"
value() { sed -n "s/^$1=//p" local.conf | tr -d '"'; }
fault=$(cat /opt/stack/fault 2>/dev/null || true)
rm -f /opt/stack/fault
echo begun >> /opt/stack/begun
LOGFILE=$(value LOGFILE); stamp=$(date +%F-%H%M%S)-$$
mkdir -p "$(dirname "$LOGFILE")"
: > "$LOGFILE.$stamp"
ln -sfn "$LOGFILE.$stamp" "$LOGFILE"
now() { date -u '+%Y-%m-%d %H:%M:%S.%3N'; }
trace() { echo "$(now) | $*" >> "$LOGFILE.$stamp"; }
summary() { echo "$(now) | $*"; trace "$*"; }
trap 'code=$?; [ $code = 0 ] || { trace "Error on exit"; echo "who, what, where" > "$(dirname "$LOGFILE")/worlddump-latest.txt"; }' EXIT

summary "stack.sh log $LOGFILE.$stamp"
${recorded
  .map(
    ({ title, seconds, at }) => `summary '${title}'
trace "+ ${at} :   mysql -uroot -p$(value DATABASE_PASSWORD) --password=$(value ADMIN_PASSWORD)"
${faultsAt(title)}sleep ${(seconds / hurry).toFixed(2)}`,
  )
  .join('\n')}

# What the real one leaves: units, an API behind Apache, a database that can be asked.
for unit in ${units.join(' ')}; do
  printf '[Service]\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n' | sudo tee "/etc/systemd/system/$unit" >/dev/null
done
sudo systemctl daemon-reload
sudo systemctl enable --quiet --now ${units.join(' ')}
sudo mkdir -p /var/www/html/identity/v3
echo '{"version": {"id": "v3.14"}}' | sudo tee /var/www/html/identity/v3/index.html >/dev/null
sudo a2ensite -q 000-default >/dev/null
sudo systemctl restart apache2
{ echo stacked
  [ "$fault" = image-silently-missing ] || for url in $(value IMAGE_URLS | tr , ' '); do f=\${url##*/}; echo "images:\${f%.*}"; done
} > /opt/stack/answers
printf '%s\\n' '#!/bin/sh' 'case "$*" in' \\
  "*glance.images*) name=\\$(printf %s \\"\\$*\\" | sed \\"s/.*name = '\\\\([^']*\\\\)'.*/\\\\1/\\"); grep -qx \\"images:\\$name\\" /opt/stack/answers && echo 1 ;;" \\
  'esac' | sudo tee /usr/local/bin/mariadb >/dev/null
sudo chmod 0755 /usr/local/bin/mariadb
summary "stack.sh completed in $SECONDS seconds."
echo "The password: $(value ADMIN_PASSWORD)"
`

export const unstandIn = `#!/bin/bash
echo cleared >> /opt/stack/cleared
for unit in ${ownUnits().join(' ')}; do sudo systemctl disable --quiet --now "$unit" 2>/dev/null; done
true
`

/** Recorded failures, at the place where the real ones happen. */
function faultsAt(title: string): string {
  switch (title) {
    case 'Installing OpenStack project source':
      return '[ "$fault" != hangs-in-pip ] || { trace "+ inc/python:pip_install:205 :   pip install nova"; sleep 100000; }\n'
    case 'Configuring Nova':
      return `if [ "$fault" = fails-in-nova-init ]; then
  trace "+ lib/nova:init_nova:771 :   nova-manage --config-file /etc/nova/nova.conf db sync"
  trace "sqlalchemy.exc.OperationalError: (pymysql.err.OperationalError) (2013, 'Lost connection to MySQL server during query')"
  trace "(Background on this error at: https://sqlalche.me/e/20/e3q8) password=$(value DATABASE_PASSWORD)"
  exit 1
fi
`
    case 'Starting OVN services':
      return '[ "$fault" != slow-at-ovn ] || sleep 8\n'
    default:
      return ''
  }
}
