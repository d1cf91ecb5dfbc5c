import { type Node, type Word, freeOptions, optionValues } from './nodes.ts'

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

// _describe splits at the first colon.
const described = ({ word, summary }: Word): string => quoted(`${word.replaceAll(':', String.raw`\:`)}:${summary}`)

export const zsh = (nodes: readonly Node[]): string => {
  const paths = nodes.filter(({ path }) => path !== '').map(({ path }) => quoted(path))
  const places = nodes.map(
    ({ path, words, options, files }) =>
      `    ${quoted(path)})\n` +
      `      words_here=(${words.map(described).join(' ')})\n` +
      `      options_here=(${options.map(described).join(' ')})\n` +
      `${files ? '      files=yes\n' : ''}      ;;`,
  )
  const values = [...optionValues(nodes)].map(
    ([option, choices]) => `    ${option}) compadd -- ${choices.join(' ')}; return ;;`,
  )
  return `#compdef canfar-batch
# zsh completion of canfar-batch; made by: canfar-batch completion zsh
_canfar_batch() {
  local at= next files= i
  local -a words_here options_here
  for ((i = 2; i < CURRENT; i++)); do
    next="\${at:+$at }\${words[i]}"
    case $next in
      (${paths.join('|')}) at=$next ;;
    esac
  done
  case \${words[CURRENT-1]} in
    ${freeOptions(nodes).join('|')}) _files; return ;;
${values.join('\n')}
  esac
  case $at in
${places.join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe option options_here
  else
    (( \${#words_here} )) && _describe command words_here
    [[ -n $files ]] && _files
  fi
}
if [[ $funcstack[1] == _canfar_batch ]]; then _canfar_batch "$@"; else compdef _canfar_batch canfar-batch; fi
`
}
