// Decides how settings become the text of DevStack's local.conf: sections, comments, quoting.
// Leaves which settings there are to engine/devstack.

/** `NAME=value` of the localrc section, which bash reads. */
export type Assignment = { name: string; value: string; why: string }

/** `enable_service a b`: functions of DevStack that the localrc section may call. */
export type ServiceCall = {
  call: 'enable_service' | 'disable_service'
  services: readonly string[]
  why: string
}

/** An option that DevStack merges into a file of OpenStack's own. */
export type Option = { name: string; value: string; why: string }

export type LocalConf = {
  /** Comment lines at the top, without `#`. */
  head: readonly string[]
  local: readonly (Assignment | ServiceCall)[]
  /** `[[post-config|FILE]]`: merged when services are configured and before they start. `file` as DevStack spells it: `$NOVA_CONF`. */
  merged: readonly { file: string; sections: readonly { name: string; options: readonly Option[] }[] }[]
}

/** The whole file. Every line has its reason above it. Throws RangeError for a value that has no form in it. */
export function localConf({ head, local, merged }: LocalConf): string {
  return [
    ...head.map(comment),
    '',
    '[[local|localrc]]',
    ...local.flatMap((one) => [
      comment(one.why),
      'call' in one ? `${one.call} ${one.services.join(' ')}` : `${one.name}=${quoted(one.value)}`,
    ]),
    ...merged.flatMap(({ file, sections }) => [
      '',
      `[[post-config|${file}]]`,
      ...sections.flatMap(({ name, options }) => [
        `[${name}]`,
        ...options.flatMap((option) => [comment(option.why), `${option.name} = ${oneLine(option.value)}`]),
      ]),
    ]),
    '',
  ].join('\n')
}

const comment = (text: string) => `# ${oneLine(text)}`.trimEnd()

/** bash(1), QUOTING: within double quotes `$`, `` ` ``, `"` and `\` keep a meaning, and none of our values needs one. */
function quoted(value: string): string {
  if (/[$`"\\]/.test(oneLine(value))) throw new RangeError(`no form in localrc: ${value}`)
  return /^[\w.:/,@%+=-]*$|^\{\{secret:[\w./-]+\}\}$/.test(value) ? value : `"${value}"`
}

function oneLine(text: string): string {
  if (/[\n\r\0]/.test(text)) throw new RangeError(`more than a line: ${text}`)
  return text
}
