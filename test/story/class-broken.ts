// Decides broken course files about the class: its sessions, starters, teams, teachers, ways in, names and mail.
// Leaves proving what is said of them to course-broken.
import { broken } from './sound-course.ts'

export type Case = {
  /** Name of the golden file. */
  name: string
  text: string
  /** `code line:column`, in order. */
  faults: string[]
  files?: Record<string, string | Uint8Array>
}

const with_ = (text: string) => broken(['budget: 200', text])
const roster = (text: string): readonly [string, string] => ['count: 24', text]
const teams = broken(
  roster('roster: r.csv'),
  ['  groups:\n    size: 12\n', ''],
  ['budget: 200', 'class: {work: team}'],
)

export const classCases: Case[] = [
  {
    name: 'sessions-out-of-order',
    text: with_(`sessions:
  - {day: 2027-02-08, from: '12:00', to: '08:00'}
  - {day: 2027-01-31, from: '08:00', to: '10:00'}
  - {day: 2027-06-30, from: '08:00', to: '10:00'}
  - {day: 2027-03-01, from: '08:00', to: '10:00', weekly_until: 2027-02-01}
  - {day: 2027-06-02, from: '08:00', to: '10:00', weekly_until: 2027-07-01}`),
    faults: [
      'session-backwards 33:42',
      'session-outside 34:11',
      'session-outside 35:11',
      'series-ends-early 36:65',
      'session-outside 37:65',
    ],
  },
  {
    name: 'sessions-of-no-group',
    text: with_(`sessions:
  - {day: 2027-02-08, from: '08:00', to: '10:00', groups: [g1, g3, tp-a]}`),
    faults: ['unknown-group 33:64', 'unknown-group 33:68'],
  },
  {
    name: 'timezone-of-nowhere',
    text: broken(['end: 2027-06-30', 'end: 2027-06-30\n  timezone: Europe/Pariss']),
    faults: ['unknown-timezone 6:13'],
  },
  {
    name: 'timezone-as-offset',
    text: broken(['end: 2027-06-30', "end: 2027-06-30\n  timezone: '+01:00'"]),
    faults: ['unknown-timezone 6:13'],
  },
  {
    name: 'teams-without-roster',
    text: with_('class: {work: team}'),
    faults: ['teams-without-roster 32:15'],
  },
  {
    name: 'teams-without-column',
    text: teams,
    files: { 'r.csv': 'name\nZoé\n' },
    faults: ['teams-without-roster 30:15'],
  },
  {
    name: 'teams-with-faults',
    text: teams,
    files: { 'r.csv': 'name;team;group\nZoé;one;A\nAda;;A\nBlaise;One;B\n' },
    faults: ['no-team 3:1', 'team-in-two-groups 4:1'],
  },
  {
    name: 'teachers',
    text: with_(`class:
  teachers:
    - {login: a-durand, name: Alice Durand}
    - {login: a-durand, name: Antoine Durand}
    - {login: admin, name: Ada}`),
    faults: ['same-login 35:15', 'login-reserved 36:15'],
  },
  {
    name: 'teacher-with-login-of-student',
    text: with_('class: {teachers: [{login: student-03, name: Alice}]}'),
    faults: ['login-of-student 32:28'],
  },
  {
    name: 'starter-of-nothing',
    text: with_(`networks: {class: false}
class:
  flavors: [{name: large, ram: 1 GiB, disk: 5 GiB}]
  starter: {image: debian-13, flavor: larg, network: class}`),
    faults: ['unknown-image 35:20', 'unknown-flavor 35:39', 'no-such-network 35:54'],
  },
  {
    name: 'starter-on-own-network',
    text: with_('class: {starter: {network: own}}'),
    faults: ['no-such-network 32:28'],
  },
  {
    name: 'quota-below-need',
    text: broken(
      ['per_student: 1', 'per_student: 2\n  boot_from: volume'],
      [
        'budget: 200',
        `class:
  own_network: true
  router: own
  quota: {instances: 1, cores: 1, ram: 512 MiB, volumes: 1, disk: 9 GiB, networks: 0, routers: 0, ports: 2}`,
      ],
    ),
    faults: [
      'quota-short 36:22',
      'quota-short 36:32',
      'quota-short 36:40',
      'quota-short 36:58',
      'quota-short 36:67',
      'quota-short 36:84',
      'quota-short 36:96',
      'quota-short 36:106',
    ],
  },
  {
    name: 'mail-in-clear',
    text: with_('mail: {server: smtp.example.org, tls: none, from: a@example.org}'),
    faults: ['mail-in-clear 32:39'],
  },
  {
    name: 'clouds-of-another-engine',
    text: with_('clouds: [{name: lyon}]'),
    faults: ['clouds-of-another-engine 32:1'],
  },
  {
    name: 'adopted-with-servers-alone',
    text: with_('engine: {kind: adopted}'),
    faults: ['adopted-with-servers 18:5', 'adopted-without-clouds 32:16'],
  },
  {
    name: 'roster-without-mapped-header',
    text: broken(roster("roster: r.csv\n  columns: {email: 'Mel etudiant'}")),
    files: { 'r.csv': 'Nom;Mél. étudiant\nZoé;zoe@example.org\n' },
    faults: ['no-such-header 9:20'],
  },
  {
    name: 'roster-with-faults',
    text: broken(roster('roster: r.csv')),
    files: {
      'r.csv': 'Nom;Courriel;Clé\nZoé;zoe.example.org;ssh-rsa AAAA\nAda;ada@x.org;\nMax;ADA@x.org;\n',
    },
    faults: ['bad-email 2:5', 'bad-ssh-key 2:21', 'same-email 4:5'],
  },
  {
    name: 'register-broken',
    text: broken(roster('roster: r.csv\n  register: reg.csv')),
    files: {
      'r.csv': 'Nom\nZoé\n',
      'reg.csv':
        'login,since,left,course\nzoe,2027-02-01,,sound\nzoe,2027-02-31,,sound\nada,2027-02-01,,other\n',
    },
    faults: ['register-day 3:5', 'register-course 4:17'],
  },
  {
    name: 'register-of-another-person',
    text: broken(roster('roster: r.csv\n  register: reg.csv')),
    files: {
      'r.csv': 'N° étudiant;Nom;Mél\n1001;Ada Byron;ada@x.org\n2002;Zoé Lefèvre;z@x.org\n',
      'reg.csv': 'login,id,name,email,since,left,course\nzoe,1001,Zoé Lefèvre,zoe@x.org,2027-02-01,,sound\n',
    },
    faults: ['not-the-same-person 2:1'],
  },
]
