// Decides what of a DevStack faces the internet where the host's address does.
// Leaves the firewall to whoever runs the host: no variable replaces one.
import { isIPv4 } from 'node:net'
import { about, absent, type Given, type Rule } from '../finding.ts'

/** Private, shared, loopback and link-local ranges: RFC 1918, 6598, 1122, 3927. */
const inner =
  /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[789]\d|1[01]\d|12[0-7])\.)/

const isPublic = ({ set }: Given) => {
  const address = set('HOST_IP')?.text
  return address != null && isIPv4(address) && !inner.test(address)
}

const everywhere = /^(?:0\.0\.0\.0|::|\[::\])$/

const openServices: Rule = (given) => {
  const listening = [
    given.isOn('mysql', 'postgresql') ? 'the database' : '',
    given.isOn('rabbit') ? 'the message queue' : '',
    given.isOn('ovn-northd') ? "OVN's databases, which ask for no password" : '',
  ].filter((one) => one !== '')
  const setting = given.set('SERVICE_LISTEN_ADDRESS')
  const isOpen = setting?.text == null || everywhere.test(setting.text)
  if (!isPublic(given) || !isOpen || listening.length === 0) return []
  const words = {
    code: 'open-to-the-internet',
    verdict: 'dangerous' as const,
    title: `HOST_IP is public, and services listen on every address: ${listening.join(', ')}`,
    why: 'DevStack is made for a network of its own, and closes nothing',
    fix: 'before stack.sh, let a firewall on the uplink pass SSH and the web ports only; then say so with # bateau: accept open-to-the-internet',
    source: given.source('ovnListen'),
  }
  return [setting ? about(setting, words) : absent(given, 'SERVICE_LISTEN_ADDRESS', words)]
}

const openConsole: Rule = (given) => {
  const isUsed = given.isOn('n-cpu') && (given.isOn('n-novnc') || given.value('NOVA_VNC_ENABLED') === 'True')
  const setting = given.set('VNCSERVER_LISTEN')
  if (!isUsed || (setting ? setting.text === null || !everywhere.test(setting.text) : !isPublic(given)))
    return []
  const text = 'VNCSERVER_LISTEN=127.0.0.1'
  const words = {
    code: 'open-console',
    verdict: 'dangerous' as const,
    title: 'the screen of every instance listens on every address, without a password',
    why: 'VNCSERVER_LISTEN is where the services listen when nothing else is said',
    fix: `on one node ${setting ? 'write' : 'add'} ${text} and VNCSERVER_PROXYCLIENT_ADDRESS=127.0.0.1; on several, the inner address of each`,
    source: given.source('vncListen'),
  }
  return setting
    ? [about(setting, words)]
    : [
        absent(given, 'VNCSERVER_LISTEN', {
          ...words,
          ...(given.isOn('n-novnc') && !given.set('VNCSERVER_PROXYCLIENT_ADDRESS')
            ? { mend: { kind: 'add' as const, text: `${text}\nVNCSERVER_PROXYCLIENT_ADDRESS=127.0.0.1` } }
            : {}),
        }),
      ]
}

export const exposureRules: readonly Rule[] = [openServices, openConsole]
