// Decides what the mail to one person says and carries, and by which digest a changed one is known.
// Leaves sending to post, and remembering to memory.
import { createHash } from 'node:crypto'
import type { Language } from '../../course/class.ts'
import type { HandoutContent } from '../handout.ts'
import { pageNames, type Sheet } from '../page/sheet.ts'
import { spaced } from '../page/fr.ts'

export type Letter = {
  login: string
  to: { name: string; address: string }
  subject: string
  text: string
  files: readonly HandoutContent[]
  /** Of all that a reader would find changed. */
  digest: string
}

/**
 * `stable` are the files with what comes and goes by itself (instances in the SSH configuration) left out: a mail is not
 * sent again because an instance was started.
 */
export function letterOf(
  sheet: Sheet,
  address: string,
  files: readonly HandoutContent[],
  stable: readonly HandoutContent[],
): Letter {
  const carried = (all: readonly HandoutContent[]) => all.filter(({ name }) => travels(name))
  const [first = 'en'] = sheet.languages
  const subject = words[first].subject(sheet.title)
  const text = `${sheet.languages.map((language) => body(sheet, language)).join('\n\n-- \n\n')}\n`
  const hash = createHash('sha256').update(JSON.stringify([address, subject, text]))
  for (const { name, content } of carried(stable))
    hash.update(`\n${name} ${content.length}\n`).update(content)
  return {
    login: sheet.login,
    to: { name: sheet.name, address },
    subject,
    text,
    // Mail knows no directories.
    files: carried(files).map((one) => ({ ...one, name: one.name.replaceAll('/', '-') })),
    digest: hash.digest('hex'),
  }
}

/** Mail services throw away what has a script in it, and the mail with it; the page says what to type instead. */
const travels = (name: string) => !name.endsWith('.ps1')

type Words = {
  subject: (title: string) => string
  hello: (name: string) => string
  about: (title: string) => string
  login: string
  dashboard: string
  page: (name: string) => string
  apart: (withKey: boolean) => string
  secrets: string
  contact: (contact: string) => string
}

const words: Record<Language, Words> = {
  fr: {
    subject: (title) => `${title} : votre accès au cloud du cours`.replace(' :', '\u00a0:'),
    hello: (name) => `Bonjour ${name},`,
    about: (title) => spaced(`Voici votre accès au cloud du cours « ${title} ».`),
    login: spaced('Identifiant :'),
    dashboard: spaced('Tableau de bord :'),
    page: (name) =>
      `Enregistrez les pièces jointes dans un même dossier, puis ouvrez ${name} : tout y est expliqué pas à pas.`.replace(
        ' :',
        '\u00a0:',
      ),
    apart: (withKey) =>
      withKey
        ? spaced(
            'Par prudence, ni votre mot de passe ni votre clé privée ne sont dans ce message : votre enseignant vous les remet autrement.',
          )
        : spaced(
            "Par prudence, votre mot de passe n'est pas dans ce message : votre enseignant vous le remet autrement.",
          ),
    secrets: spaced(
      'Ce message contient vos secrets : ne le transférez à personne, et effacez-le une fois les fichiers rangés.',
    ),
    contact: (contact) => spaced(`Une question ? ${contact}`),
  },
  en: {
    subject: (title) => `${title}: your access to the cloud of the course`,
    hello: (name) => `Hello ${name},`,
    about: (title) => `This is your access to the cloud of the course "${title}".`,
    login: 'User name:',
    dashboard: 'Dashboard:',
    page: (name) =>
      `Save the attachments in one folder, then open ${name}: it explains everything step by step.`,
    apart: (withKey) =>
      withKey
        ? 'To be on the safe side, neither your password nor your private key is in this message: your teacher gives them to you another way.'
        : 'To be on the safe side, your password is not in this message: your teacher gives it to you another way.',
    secrets:
      'This message holds your secrets: forward it to nobody, and delete it once you have saved the files.',
    contact: (contact) => `A question? ${contact}`,
  },
}

function body(sheet: Sheet, language: Language): string {
  const t = words[language]
  return [
    t.hello(sheet.name),
    '',
    t.about(sheet.title),
    '',
    `  ${t.login} ${sheet.login}`,
    ...(sheet.dashboard === null ? [] : [`  ${t.dashboard} ${sheet.dashboard}`]),
    '',
    t.page(pageNames[language]),
    '',
    sheet.password === null ? t.apart(sheet.key.kind === 'apart') : t.secrets,
    ...(sheet.contact === null ? [] : ['', t.contact(sheet.contact)]),
  ].join('\n')
}
