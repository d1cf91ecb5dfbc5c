import { quote } from '../submit/literals.ts'

/**
 * A value of HTCondor's configuration. Plain text is taken literally; `attribute` is a ClassAd string, such as a slot advertises;
 * `expression` goes in as it stands, for policy that this program itself wrote.
 */
export type SettingValue =
  | { kind: 'text'; text: string }
  | { kind: 'attribute'; text: string }
  | { kind: 'expression'; text: string }
  | { kind: 'number'; number: number }
  | { kind: 'boolean'; boolean: boolean }
  | { kind: 'list'; items: string[] }

export interface Setting {
  name: string
  value: SettingValue
}

export const text = (name: string, value: string): Setting => ({ name, value: { kind: 'text', text: value } })
export const attribute = (name: string, value: string): Setting => ({ name, value: { kind: 'attribute', text: value } })
export const expression = (name: string, value: string): Setting => ({
  name,
  value: { kind: 'expression', text: value },
})
export const number = (name: string, value: number): Setting => ({ name, value: { kind: 'number', number: value } })
export const flag = (name: string, value: boolean): Setting => ({ name, value: { kind: 'boolean', boolean: value } })
export const list = (name: string, ...items: string[]): Setting => ({ name, value: { kind: 'list', items } })

/** Settings as a site's configuration file has them: text goes in as it stands, macros and all. */
export function siteSettings(record: Readonly<Record<string, string | number | boolean>>): Setting[] {
  return Object.entries(record).map(([name, value]) => {
    if (typeof value === 'boolean') return flag(name, value)
    return typeof value === 'number' ? number(name, value) : expression(name, value)
  })
}

const settingName = /^[A-Za-z_][A-Za-z0-9_.]*$/

/** One line each. HTCondor has no comments after a value: `5 # why` is not a number, so there are none. */
export function serialiseSettings(settings: readonly Setting[]): string {
  return settings.map(({ name, value }) => `${checkedName(name)} = ${serialise(value)}`.trimEnd() + '\n').join('')
}

function serialise(value: SettingValue): string {
  switch (value.kind) {
    case 'text':
      return oneLine(literal(value.text))
    case 'attribute':
      return oneLine(literal(quote(value.text)))
    case 'expression':
      return oneLine(value.text)
    case 'number':
      if (!Number.isFinite(value.number)) throw new TypeError(`not a number for HTCondor: ${value.number}`)
      return String(value.number)
    case 'boolean':
      return value.boolean ? 'True' : 'False'
    default:
      return oneLine(value.items.map(literal).join(', '))
  }
}

/** A dollar sign begins a macro, except in this one. */
function literal(value: string): string {
  return value.replaceAll('$', '$(DOLLAR)')
}

function oneLine(value: string): string {
  // a control character could end the line, a backslash at its end would swallow the next one
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(value) || value.trimEnd().endsWith('\\')) {
    throw new TypeError(`cannot stand on one line of HTCondor's configuration: ${JSON.stringify(value)}`)
  }
  return value.trim()
}

function checkedName(name: string): string {
  if (!settingName.test(name)) throw new TypeError(`not a name of HTCondor's configuration: ${JSON.stringify(name)}`)
  return name
}
