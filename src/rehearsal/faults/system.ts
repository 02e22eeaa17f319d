// Decides what happens to a server as a whole, or to one of its services: rebooted, stopped, killed, told another time.
// Leaves the network to the other faults.
import { scripted } from '../fault.ts'

const agent = 'bateau-agent.service'

export const rebooted = scripted('the server is rebooted', 'host', () => 'systemctl --no-block reboot')

const stopped = (unit: string) =>
  scripted(
    `${unit} is stopped`,
    'host',
    () => `systemctl stop ${unit}`,
    () => `systemctl start ${unit}`,
  )

export const ovnControllerStopped = stopped('ovn-controller.service')

export const agentKilled = scripted(
  "bateau's agent is killed",
  'host',
  () => `systemctl kill --signal=KILL ${agent}`,
  () => `systemctl is-active -q ${agent} || { systemctl reset-failed ${agent}; systemctl start ${agent}; }`,
)

/** Where the agent reads how far its clock is off (libfaketime(1), FAKETIME_TIMESTAMP_FILE); relative to the right time. */
export const clockFile = '/run/bateau-drill-clock'

/** Drop-in of the agent's unit under which its clock can be moved; the machine's own clock is shared by all containers. */
export const clockDropIn = {
  unit: agent,
  directory: `/etc/systemd/system/${agent}.d`,
  /** `library`: path of libfaketime for programs with threads. The monotonic clock stays right, as in a real jump. */
  text: (library: string) => `[Service]
Environment=FAKETIME_TIMESTAMP_FILE=${clockFile} FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1
Environment=LD_PRELOAD=${library}`,
}

export const clockJumped = scripted(
  "the agent's clock jumps by three hours",
  'host',
  () => `echo +3h > ${clockFile}`,
  () => `echo +0 > ${clockFile}`,
)
