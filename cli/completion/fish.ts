import type { Node, Word } from './nodes.ts'

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`

export const fish = (nodes: readonly Node[]): string => {
  const paths = nodes.filter(({ path }) => path !== '').map(({ path }) => quoted(path))
  const lines = nodes.flatMap(({ path, words, options, files }) => {
    const at = `complete -c canfar-batch -n ${quoted(`test "$(__canfar_batch_path)" = "${path}"`)}`
    return [
      ...words.map(({ word, summary }) => `${at} -a ${quoted(word)} -d ${quoted(summary)}`),
      ...options.map((option) => `${at} ${optionFlags(option)} -d ${quoted(option.summary)}`),
      ...(files ? [`${at} -F`] : []),
    ]
  })
  return `# fish completion of canfar-batch; made by: canfar-batch completion fish
function __canfar_batch_path
    set -l at ''
    for word in (commandline -opc)[2..-1]
        set -l next (string trim -- "$at $word")
        if contains -- "$next" ${paths.join(' ')}
            set at $next
        end
    end
    echo -n $at
end
complete -c canfar-batch -f
${lines.join('\n')}
`
}

const optionFlags = ({ word, values, takesValue }: Word): string => {
  const name = word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`
  if (values !== undefined) return `${name} -x -a ${quoted(values.join(' '))}`
  return takesValue === true ? `${name} -r` : name
}
