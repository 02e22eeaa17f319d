// Decides OVN on the server: that its parts run, and where its databases listen.
// Leaves Open vSwitch itself to ../switch.ts, logical networks to Neutron.
import type { Site } from '../../core/site.ts'
import { command, shell, type HostStep } from '../../core/step.ts'
import { switchPorts, switchStep, switchUnits } from '../switch.ts'
import { active, dropIn } from '../units.ts'

export function ovsSteps(site: Site): HostStep[] {
  return [
    switchStep(site, ['openstack/packages']),
    {
      id: 'openstack/ovn',
      title: 'OVN: databases, northd, controller',
      because: "Neutron's networks become flows here; the databases answer on ::1 only",
      files: ovnUnits.map((unit) => dropIn({ unit })),
      run: [
        command('systemctl', 'daemon-reload'),
        shell('systemctl is-enabled --quiet ovn-central || systemctl enable --quiet ovn-central'),
        shell('systemctl is-enabled --quiet ovn-host || systemctl enable --quiet ovn-host'),
        { ...command('systemctl', 'start', 'ovn-central.service'), idleSeconds: 120 },
        connection('ovn-nbctl', switchPorts.ovnNorthbound),
        connection('ovn-sbctl', switchPorts.ovnSouthbound),
        command('ovn-nbctl', '--timeout=30', 'set', 'NB_Global', '.', backoff),
        { ...command('systemctl', 'start', 'ovn-host.service', 'ovn-controller.service'), idleSeconds: 120 },
        {
          ...shell(
            `until ovn-sbctl --timeout=10 --bare --columns=name list Chassis | grep -qx ${site.name}; do sleep 0.5; done`,
          ),
          idleSeconds: 60,
        },
      ],
      verify: [
        ...active(...ovnUnits),
        shell(`ovn-nbctl --timeout=10 get NB_Global . options | grep -q ${backoffKey}=`),
        shell(`ovn-sbctl --timeout=10 --bare --columns=name list Chassis | grep -qx ${site.name}`),
      ],
      after: ['openstack/ovs', 'openstack/readiness'],
    },
  ]
}

/**
 * northd computes all flows anew at each change of a network or router, the longer the more there are: after each time it
 * rests as long as that took, up to so many milliseconds, and takes what came meanwhile at once (ovn-nb(5); "smaller than
 * 500"). With 600 networks that is a quarter of its CPU time (45 to 35 s of 100), for a port that is up 0.2 s later.
 */
const backoffKey = 'northd-backoff-interval-ms'
const backoff = `options:${backoffKey}=300`

const ovnUnits = switchUnits.filter((unit) => unit.startsWith('ovn-'))

/** The listener is kept in the database itself; writing it again would drop every client, so it is compared first. */
const connection = (ctl: 'ovn-nbctl' | 'ovn-sbctl', port: number) => ({
  ...shell(`want='ptcp:${port}:[::1]'
for try in 1 2 3 4 5 6 7 8 9 10; do have=$(${ctl} --timeout=10 get-connection) && break; sleep 1; done
test "$have" = "$want" || ${ctl} --timeout=30 set-connection "$want" -- set connection . inactivity_probe=60000`),
  idleSeconds: 120,
})
