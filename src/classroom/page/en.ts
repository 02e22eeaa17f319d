// Decides the words of the hand-out in English.
// Leaves which texts there are to texts.
import { apart, html } from './html.ts'
import type { Texts } from './texts.ts'

/** Parts of a date; whole dates are joined here, as their punctuation changes with the version of ICU. Costly to make. */
const weekdays = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'long' })
const months = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'long' })
const weekday = (day: Date) => weekdays.format(day)
const dayMonth = (day: Date) => `${day.getUTCDate()} ${months.format(day)}`

const count = (n: number, one: string, many: string) => `${n}\u00a0${n === 1 ? one : many}`
const lists = new Intl.ListFormat('en-GB')
const list = (names: readonly string[]) => lists.format(names.map(apart))

const memory = (mib: number) => (mib % 1024 === 0 ? `${mib / 1024}\u00a0GiB` : `${mib}\u00a0MiB`)

export const en: Texts = {
  language: 'English',
  sheet: 'Personal sheet',
  keep: 'This sheet holds your secrets: keep it to yourself.',
  group: (name) => `Group ${name}`,
  team: (name, members) => (members.length === 0 ? `Team ${name}` : `Team ${name}, with ${list(members)}`),
  teacher: 'Teaching staff',
  account: {
    title: 'Your account',
    login: 'User name',
    password: 'Password',
    passwordApart: 'It is not in this message: your teacher gives it to you in person.',
    domain: 'Domain',
    project: 'Project',
    dashboard: 'Dashboard',
    api: 'API address',
    quota: 'Quota',
    quotaOf: ({ instances, cores, ramMiB }) =>
      `${count(instances, 'instance', 'instances')}, ${count(cores, 'vCPU', 'vCPUs')}, ${memory(ramMiB)} of memory`,
    authority: (file) =>
      html`Your browser does not know the certificate authority of this cloud yet. Import ${file} as one of
      its authorities rather than clicking the warning away.`,
    fingerprint: 'Fingerprint to compare:',
  },
  install: {
    title: 'Prepare your computer',
    where: html`Only once. Open a terminal in the folder of this sheet, then type:`,
    linux: 'Linux and macOS',
    windows: 'Windows (PowerShell)',
    already: (openrc) =>
      html`You have a clouds.yaml already? Keep it, and type ${openrc} in this folder instead.`,
    keyApart: (file) =>
      html`Your private key ${file} is not attached to this message: your teacher hands it over another way.
      Put it in this folder before you begin.`,
    keyBrought: 'Your SSH key is the one that you sent in; there is nothing to install for it.',
  },
  around: {
    title: 'Your network has no IPv6?',
    open: 'Dashboard and API have IPv6 only. Leave this running in a terminal of its own:',
    browser: (proxy) =>
      html`Then set the browser's proxy to SOCKS v5, ${proxy} (Firefox: Settings, Network Settings, Manual),
      and the dashboard opens.`,
    client: 'For the openstack command, in each new terminal:',
  },
  boot: {
    title: 'Create your first instance',
    choose: 'Choose this cloud, in each new terminal:',
    see: 'See what there is:',
    make: 'Create an instance:',
    address: (list) => html`Once its status is ACTIVE, ${list} shows its IPv6 address.`,
    teacher: (example) =>
      html`You are a member of every project of the class. To help somebody, name their project: ${example}`,
  },
  reach: {
    title: 'Connect to it',
    user: 'Put the IPv6 address of the instance in place of ADDRESS.',
    direct: 'With IPv6:',
    jump: (host) => html`Without IPv6, through the jump host ${host}:`,
    noJump: 'You need a connection that has IPv6.',
    noJumpBut: 'You need a connection that has IPv6: it has if the dashboard opens.',
    names: (example) => html`Each instance has a name as well, for example ${example}.`,
    addressWord: 'ADDRESS',
    userWord: 'USER',
  },
  sessions: {
    title: 'Sessions',
    times: (timezone) => `Local times (${timezone})`,
    when: 'Date',
    hours: 'Time',
    what: 'Subject',
    once: (day) => `${weekday(day)} ${dayMonth(day)} ${day.getUTCFullYear()}`,
    weekly: (first, last) =>
      `every ${weekday(first)}, ${dayMonth(first)} to ${dayMonth(last)} ${last.getUTCFullYear()}`,
    hoursOf: (from, to) => `${from}\u2013${to}`,
  },
  help: (contact) => html`A question, or a password that was lost or seen by somebody? ${contact}`,
}
