// Decides the hand-outs that tests look at: an ordinary one, and one with everything at once.
// Leaves what is asked of them to the tests.
import type { Sheet } from './sheet.ts'

export const plainSheet: Sheet = {
  course: 'nets-2027',
  title: 'Introduction aux réseaux',
  role: 'student',
  name: 'Ada Lovelace',
  login: 'ada',
  group: 'g1',
  team: null,
  password: '{{secret:student/ada}}',
  project: 'nets-2027-ada',
  cloud: 'nets-2027',
  authUrl: 'https://[2001:db8:17::1]/identity/v3',
  dashboard: 'https://[2001:db8:17::1]/',
  authority: { file: 'nets-2027-ca.pem', sha256: null },
  key: { kind: 'made', file: 'id_ed25519' },
  jump: null,
  domain: null,
  boot: { image: 'tiny', flavor: 'course.small', network: 'class-g1', keypair: 'bateau', user: 'root' },
  quota: { instances: 1, cores: 1, ramMiB: 512 },
  sessions: [],
  timezone: 'Europe/Paris',
  contact: null,
  languages: ['fr', 'en'],
}

const session = {
  day: '2027-02-08',
  from: '08:00',
  to: '12:00',
  weeklyUntil: null,
  groups: null,
  title: null,
  boot: false,
  closeAfter: false,
}

export const fullSheet: Sheet = {
  ...plainSheet,
  name: 'Éloïse d’Hérouville-Saint-Clair',
  login: 'eloise-d-herouville',
  project: 'nets-2027-rouge',
  group: 'tp-a',
  team: { name: 'rouge', members: ['Zoë Müller', 'أحمد الفارسي', 'Jean-Noël <O’Neill>'] },
  password: '{{secret:student/eloise-d-herouville}}',
  authority: {
    file: 'nets-2027-ca.pem',
    sha256: '5B:0C:5F:9E:21:77:AC:08:66:2D:9B:5D:45:7F:7A:90:1B:D2:3D:2F:02:9C:11:33:58:6B:1E:C0:55:AA:0E:6D',
  },
  jump: { host: 'jump.course.example', port: 2222, api: true },
  domain: 'rouge.course.example',
  boot: {
    image: 'debian-13',
    flavor: 'course-large',
    network: 'class-tp-a',
    keypair: 'bateau',
    user: 'debian',
  },
  quota: { instances: 2, cores: 4, ramMiB: 3072 },
  sessions: [
    { ...session, weeklyUntil: '2027-04-12', title: 'Routeurs et routes', groups: ['tp-a'] },
    {
      ...session,
      day: '2027-03-01',
      from: '13:30',
      to: '17:00',
      title: 'Travail dirigé : <pare-feu> & « règles »',
    },
    { ...session, day: '2027-05-01', from: '09:00', to: '11:30', title: 'Examen' },
    { ...session, day: '2027-02-09', groups: ['tp-b'], title: 'Other group' },
  ],
  contact: 'alice.durand@univ.example',
}
