// Decides the words of the hand-out in French.
// Leaves which texts there are to texts.
import { apart, html } from './html.ts'
import type { Texts } from './texts.ts'

/** Before the high signs, and inside the quotation marks, French has a space that must not break. */
export const spaced = (text: string): string =>
  text
    .replaceAll(/ ([;?!])/g, '\u202f$1')
    .replaceAll(/ ([:»])/g, '\u00a0$1')
    .replaceAll('« ', '«\u00a0')
    .replaceAll("'", '’')

const said = (parts: TemplateStringsArray, ...values: Parameters<typeof html>[1][]) =>
  html(Object.assign(parts.map(spaced), { raw: parts.map(spaced) }), ...values)

/** Parts of a date; whole dates are joined here, as their punctuation changes with the version of ICU. Costly to make. */
const weekdays = new Intl.DateTimeFormat('fr-FR', { timeZone: 'UTC', weekday: 'long' })
const months = new Intl.DateTimeFormat('fr-FR', { timeZone: 'UTC', month: 'long' })
const weekday = (day: Date) => weekdays.format(day)
const dayMonth = (day: Date) => `${day.getUTCDate() === 1 ? '1er' : day.getUTCDate()} ${months.format(day)}`

const count = (n: number, one: string, many: string) => `${n}\u00a0${n < 2 ? one : many}`

const memory = (mib: number) => (mib % 1024 === 0 ? `${mib / 1024}\u00a0Gio` : `${mib}\u00a0Mio`)

export const fr: Texts = {
  language: 'Français',
  sheet: 'Fiche personnelle',
  keep: spaced('Cette fiche contient vos secrets : gardez-la pour vous.'),
  group: (name) => `Groupe ${name}`,
  team: (name, members) =>
    members.length === 0 ? `Équipe ${name}` : `Équipe ${name}, avec ${list(members)}`,
  teacher: 'Équipe enseignante',
  account: {
    title: 'Votre compte',
    login: 'Identifiant',
    password: 'Mot de passe',
    passwordApart: spaced("Il n'est pas dans ce message : votre enseignant vous le remet en mains propres."),
    domain: 'Domaine',
    project: 'Projet',
    dashboard: 'Tableau de bord',
    api: 'Adresse de l’API',
    quota: 'Quota',
    quotaOf: ({ instances, cores, ramMiB }) =>
      `${count(instances, 'instance', 'instances')}, ${cores}\u00a0vCPU, ${memory(ramMiB)} de mémoire`,
    authority: (file) =>
      said`Votre navigateur ne connaît pas encore l'autorité de certification de ce cloud. Importez ${file} parmi ses autorités plutôt que de passer outre l'avertissement.`,
    fingerprint: spaced('Empreinte à vérifier :'),
  },
  install: {
    title: 'Préparer votre ordinateur',
    where: said`Une seule fois. Ouvrez un terminal dans le dossier de cette fiche, puis tapez :`,
    linux: 'Linux et macOS',
    windows: 'Windows (PowerShell)',
    already: (openrc) =>
      said`Vous avez déjà un fichier clouds.yaml ? Gardez-le, et tapez plutôt ${openrc} dans ce dossier.`,
    keyApart: (file) =>
      said`Votre clé privée ${file} n'est pas jointe à ce message : votre enseignant vous la remet autrement. Placez-la dans ce dossier avant de commencer.`,
    keyBrought: spaced(
      "Votre clé SSH est celle que vous avez fournie : il n'y a rien à installer pour elle.",
    ),
  },
  around: {
    title: spaced('Votre réseau n’a pas IPv6 ?'),
    open: spaced("Le tableau de bord et l'API n'ont qu'IPv6. Laissez ceci tourner dans un terminal à part :"),
    browser: (proxy) =>
      said`Réglez ensuite le proxy du navigateur sur SOCKS v5, ${proxy} (Firefox : Paramètres, Paramètres réseau, Manuel), et le tableau de bord s'ouvre.`,
    client: spaced('Pour la commande openstack, dans chaque nouveau terminal :'),
  },
  boot: {
    title: 'Créer votre première instance',
    choose: spaced('Choisir ce cloud, dans chaque nouveau terminal :'),
    see: spaced('Voir ce qui existe :'),
    make: spaced('Créer une instance :'),
    address: (list) => said`Quand son état est ACTIVE, ${list} donne son adresse IPv6.`,
    teacher: (example) =>
      said`Vous êtes membre de tous les projets de la classe. Pour aider quelqu'un, nommez son projet : ${example}`,
  },
  reach: {
    title: 'Vous y connecter',
    user: spaced("Remplacez ADRESSE par l'adresse IPv6 de l'instance."),
    direct: spaced('Avec IPv6 :'),
    jump: (host) => said`Sans IPv6, par la machine de rebond ${host} :`,
    noJump: 'Il vous faut une connexion qui a IPv6.',
    noJumpBut: spaced("Il vous faut une connexion qui a IPv6 : c'est le cas si le tableau de bord s'ouvre."),
    names: (example) => said`Chaque instance a aussi un nom, par exemple ${example}.`,
    addressWord: 'ADRESSE',
    userWord: 'UTILISATEUR',
  },
  sessions: {
    title: 'Séances',
    times: (timezone) => spaced(`Heures locales (${timezone})`),
    when: 'Date',
    hours: 'Horaire',
    what: 'Sujet',
    once: (day) => `${weekday(day)} ${dayMonth(day)} ${day.getUTCFullYear()}`,
    weekly: (first, last) =>
      `chaque ${weekday(first)}, du ${dayMonth(first)} au ${dayMonth(last)} ${last.getUTCFullYear()}`,
    hoursOf: (from, to) => `${hour(from)}\u2013${hour(to)}`,
  },
  help: (contact) => said`Une question, un mot de passe perdu ou vu par quelqu'un ? ${contact}`,
}

/** `08:00` is `8 h`, `08:30` is `8 h 30`. */
function hour(clock: string): string {
  const [hours = '', minutes = ''] = clock.split(':')
  return `${Number(hours)}\u00a0h${minutes === '00' ? '' : `\u00a0${minutes}`}`
}

const lists = new Intl.ListFormat('fr-FR')
const list = (names: readonly string[]) => lists.format(names.map(apart))
