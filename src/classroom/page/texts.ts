// Decides which texts a hand-out has; each language must have all of them, or it does not compile.
// Leaves the words to fr and en, and where they stand to page.
import type { Html } from './html.ts'

export type Texts = {
  /** Name of the language in itself. */
  language: string
  /** Beside the title of the course. */
  sheet: string
  /** At the head: this is a secret. */
  keep: string
  group: (name: string) => string
  team: (name: string, members: readonly string[]) => string
  teacher: string
  account: {
    title: string
    login: string
    password: string
    /** In place of the password where it comes another way. */
    passwordApart: string
    domain: string
    project: string
    dashboard: string
    api: string
    quota: string
    quotaOf: (quota: { instances: number; cores: number; ramMiB: number }) => string
    /** Of the browser, and the certificate authority that it does not know. */
    authority: (file: Html) => Html
    fingerprint: string
  }
  install: {
    title: string
    /** Where the commands are typed. */
    where: Html
    linux: string
    windows: string
    already: (openrc: Html) => Html
    keyApart: (file: Html) => Html
    keyBrought: string
  }
  /** Dashboard and API from a network that has no IPv6. */
  around: {
    title: string
    open: string
    /** What the browser is told, with the address of the proxy. */
    browser: (proxy: Html) => Html
    client: string
  }
  boot: {
    title: string
    choose: string
    see: string
    make: string
    /** How to come by the address, with the command that shows it. */
    address: (list: Html) => Html
    teacher: (example: Html) => Html
  }
  reach: {
    title: string
    user: string
    direct: string
    jump: (host: Html) => Html
    noJump: string
    /** The same, where the dashboard tells. */
    noJumpBut: string
    names: (example: Html) => Html
    /** Stands for an address in a command. */
    addressWord: string
    userWord: string
  }
  sessions: {
    title: string
    times: (timezone: string) => string
    when: string
    hours: string
    what: string
    once: (day: Date) => string
    weekly: (first: Date, last: Date) => string
    hoursOf: (from: string, to: string) => string
  }
  help: (contact: Html) => Html
}
