import { type Node, freeOptions, optionValues } from './nodes.ts'

/** Every word of it is one of our own command or option names; nothing needs quoting beyond the single quotes. */
export const bash = (nodes: readonly Node[]): string => {
  const paths = nodes.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`)
  const places = nodes.map(({ path, words, options, files }) => {
    const all = [...words, ...options].map(({ word }) => word).join(' ')
    return `    '${path}') words='${all}'${files ? ' files=yes' : ''} ;;`
  })
  const values = [...optionValues(nodes)].map(([option, choices]) => `    ${option}) words='${choices.join(' ')}' ;;`)
  return `# bash completion of canfar-batch; made by: canfar-batch completion bash
_canfar_batch() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} path='' words='' files='' next i line
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${path:+$path }\${COMP_WORDS[i]}"
    case $next in
      ${paths.join(' | ')}) path=$next ;;
    esac
  done
  case $path in
${places.join('\n')}
  esac
  case $previous in
    ${freeOptions(nodes).join(' | ')}) words='' files=yes ;;
${values.join('\n')}
  esac
  COMPREPLY=()
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -W "$words" -- "$current")
  if [[ -n $files && $current != -* ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
  fi
}
complete -F _canfar_batch canfar-batch
`
}
