// Decides the page of a hand-out: one file that needs nothing else, for a screen, a phone and a printer.
// Leaves the words to fr and en, the commands to commands, and the look to style.
import type { Language } from '../../course/class.ts'
import {
  chooseOnUnix,
  chooseOnWindows,
  installOnUnix,
  installOnWindows,
  list,
  make,
  proxyAt,
  proxyBySsh,
  proxyOnUnix,
  proxyOnWindows,
  see,
  sshConfigured,
  sshDirect,
} from './commands.ts'
import { en } from './en.ts'
import { fr } from './fr.ts'
import { html, Html, secretText } from './html.ts'
import { pageNames, type Sheet } from './sheet.ts'
import { style } from './style.ts'
import type { Texts } from './texts.ts'
import { sessionRows } from './when.ts'

const texts: Record<Language, Texts> = { fr, en }

/** The page in one language. The password stands in it as the reference that the sheet has. */
export function page(sheet: Sheet, language: Language): string {
  const t = texts[language]
  return `<!doctype html>
${
  html`<html lang="${language}">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="robots" content="noindex" />
      <meta name="referrer" content="no-referrer" />
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
      <title>${sheet.title} · ${sheet.login}</title>
      <style>
        ${new Html(style)}
      </style>
    </head>
    <body>
      <main>
        ${head(sheet, t, language)} ${account(sheet, t)} ${install(sheet, t)} ${around(sheet, t)}
        ${boot(sheet, t)} ${reach(sheet, t)} ${sessions(sheet, t)} ${help(sheet, t)}
      </main>
    </body>
  </html> `.text
}`
}

function head(sheet: Sheet, t: Texts, language: Language): Html {
  const others = sheet.languages.filter((one) => one !== language)
  const who = [
    sheet.role === 'teacher' ? t.teacher : null,
    sheet.group === null ? null : t.group(sheet.group),
    sheet.team === null ? null : t.team(sheet.team.name, sheet.team.members),
  ].filter((one) => one !== null)
  return html`<header>
      <div class="over">
        <strong dir="auto">${sheet.title}</strong><span>${t.sheet}</span>${others.map(
          (one) =>
            html`<nav>
              <a href="${pageNames[one]}" lang="${one}" hreflang="${one}">${texts[one].language}</a>
            </nav>`,
        )}
      </div>
      <h1 dir="auto">${sheet.name}</h1>
      ${who.length > 0 ? html`<p dir="auto">${who.join(' · ')}</p>` : null}
    </header>
    ${sheet.password === null ? null : html`<p class="keep">${t.keep}</p>`}`
}

function account(sheet: Sheet, { account: t }: Texts): Html {
  const { dashboard, authority, quota } = sheet
  const password =
    sheet.password === null ? html`${t.passwordApart}` : html`<code>${secretText(sheet.password)}</code>`
  return html`<section>
    <h2>${t.title}</h2>
    <dl>
      <div class="main">
        <dt>${t.login}</dt>
        <dd><code>${sheet.login}</code></dd>
      </div>
      <div class="main">
        <dt>${t.password}</dt>
        <dd>${password}</dd>
      </div>
      ${
        dashboard === null
          ? null
          : html`<div>
              <dt>${t.dashboard}</dt>
              <dd><a href="${dashboard}">${dashboard}</a></dd>
            </div>`
      }
      <div>
        <dt>${t.api}</dt>
        <dd><code>${sheet.authUrl}</code></dd>
      </div>
      <div>
        <dt>${t.domain} · ${t.project}</dt>
        <dd><code>Default</code> · <code>${sheet.project}</code></dd>
      </div>
      <div>
        <dt>${t.quota}</dt>
        <dd>${t.quotaOf(quota)}</dd>
      </div>
      ${
        dashboard === null || authority === null
          ? null
          : html`<div class="note">
              ${t.authority(html`<code>${authority.file}</code>`)}${
                authority.sha256 === null
                  ? null
                  : html` ${t.fingerprint} <code class="fingerprint">SHA-256 ${authority.sha256}</code>`
              }
            </div>`
      }
    </dl>
  </section>`
}

function install(sheet: Sheet, { install: t }: Texts): Html {
  const { key } = sheet
  return html`<section>
    <h2>1. ${t.title}</h2>
    <p>${t.where}</p>
    <div class="two">
      <div>
        <h3>${t.linux}</h3>
        ${commands(installOnUnix(sheet))}
      </div>
      <div>
        <h3>${t.windows}</h3>
        ${commands(installOnWindows(sheet))}
      </div>
    </div>
    <p class="note">
      ${t.already(html`<code>source ./openrc</code>`)}${
        key.kind === 'made'
          ? null
          : html` ${key.kind === 'apart' ? t.keyApart(html`<code>${key.file}</code>`) : t.keyBrought}`
      }
    </p>
  </section>`
}

function around(sheet: Sheet, { around: t, install }: Texts): Html | null {
  if (sheet.jump?.api !== true) return null
  return html`<section>
    <h2>${t.title}</h2>
    <p>${t.open}</p>
    ${commands([proxyBySsh(sheet)])}
    <p>${t.browser(html`<code>${proxyAt}</code>`)}</p>
    <p>${t.client}</p>
    <div class="two">
      <div>
        <h3>${install.linux}</h3>
        ${commands([proxyOnUnix])}
      </div>
      <div>
        <h3>${install.windows}</h3>
        ${commands([proxyOnWindows])}
      </div>
    </div>
  </section>`
}

function boot(sheet: Sheet, { boot: t, install }: Texts): Html {
  return html`<section>
    <h2>2. ${t.title}</h2>
    <p>${t.choose}</p>
    <div class="two">
      <div>
        <h3>${install.linux}</h3>
        ${commands([chooseOnUnix(sheet.cloud)])}
      </div>
      <div>
        <h3>${install.windows}</h3>
        ${commands([chooseOnWindows(sheet.cloud)])}
      </div>
    </div>
    <div class="two">
      <div class="whole">
        <p>${t.see}</p>
        ${commands(see)}
      </div>
      <div class="whole">
        <p>${t.make}</p>
        ${commands([make(sheet)])}
      </div>
    </div>
    <p>${t.address(html`<code>${list}</code>`)}</p>
    ${sheet.role === 'teacher' ? html`<p class="note">${t.teacher(html`<code>export OS_CLOUD=${sheet.cloud}-LOGIN</code>`)}</p>` : null}
  </section>`
}

function reach(sheet: Sheet, { reach: t }: Texts): Html {
  const user = sheet.boot.user ?? t.userWord
  const { jump, domain } = sheet
  return html`<section class="whole">
    <h2>3. ${t.title}</h2>
    <p>${t.user}</p>
    <div class="two">
      <div class="whole">
        <p>${t.direct}</p>
        ${commands([sshDirect(sheet, user, t.addressWord)])}
      </div>
      ${
        jump === null
          ? html`<div class="whole">
              <p class="note">${sheet.dashboard === null ? t.noJump : t.noJumpBut}</p>
            </div>`
          : html`<div class="whole">
              <p>${t.jump(html`<code>${jump.host}</code>`)}</p>
              ${commands([sshConfigured(sheet, user, t.addressWord)])}
            </div>`
      }
    </div>
    ${domain === null ? null : html`<p class="note">${t.names(html`<code>vm1.${domain}</code>`)}</p>`}
  </section>`
}

function sessions(sheet: Sheet, { sessions: t }: Texts): Html | null {
  const rows = sessionRows(sheet.sessions, sheet.group, t)
  if (rows.length === 0) return null
  return html`<section class="whole">
    <h2>${t.title}</h2>
    <table>
      <caption>
        ${t.times(sheet.timezone)}
      </caption>
      <thead>
        <tr>
          <th scope="col">${t.when}</th>
          <th scope="col">${t.hours}</th>
          <th scope="col">${t.what}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              <td>${row.when}</td>
              <td>${row.hours}</td>
              <td dir="auto">${row.title}</td>
            </tr> `,
        )}
      </tbody>
    </table>
  </section>`
}

function help({ contact }: Sheet, t: Texts): Html | null {
  if (contact === null) return null
  const isMail = /^[^\s@]+@[^\s@]+$/.test(contact)
  const who = isMail
    ? html`<a href="mailto:${contact}">${contact}</a>`
    : html`<span dir="auto">${contact}</span>`
  return html`<footer><p>${t.help(who)}</p></footer>`
}

/** Each line is a block, so that one that wraps is still seen to be one; copied, they are lines. */
const commands = (lines: readonly string[]): Html =>
  html`<pre>${lines.map((line) => html`<code>${words(line)}</code>`)}</pre>`

/** A word of a command, or an option with its value, breaks only where it alone is longer than a line. */
const words = (line: string): Html[] =>
  (line.match(/--?[\w-]+ \S+|\S+/g) ?? []).map((word, i) => html`${i > 0 ? ' ' : ''}<span>${word}</span>`)
