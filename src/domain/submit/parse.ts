import { readLogicalLine, type LogicalLine } from './logical-line.ts'
import { expandMacros } from './macros.ts'
import { parseQueueArguments, words } from './queue-arguments.ts'
import type { Statement, SubmitFile } from './statement.ts'

const conditionalWords = ['if', 'elif', 'else', 'endif'] as const
const directiveWords = ['include', 'use', 'error', 'warning'] as const
const conditional = /^(if|elif|else|endif)(?:\s+(.*))?$/is
const queueWord = /^(?:queue|iter|itera|iterat|iterate)(?:\s+(.*))?$/is
const directive = /^@?(include|use|error|warning)\b([^:=]*):(.*)$/is
const assignment = /^([^\s=:]+)\s*(=|@=|\+[;,|&]{0,2}=)(.*)$/s
const identifier = /^(?:[+-])?[A-Za-z_0-9.]+$/

/**
 * Reads a submit file into statements with their places. Nothing is refused here: what HTCondor cannot read becomes an `invalid`
 * statement, so that one pass shows every fault. The grammar is that of `Parse_macros` and `parse_queue_args` in HTCondor's sources.
 */
export function parseSubmitFile(text: string): SubmitFile {
  return new Reader(text).read()
}

class Reader {
  private at = 0
  private line = 1
  private depth = 0
  private readonly text: string
  private readonly statements: Statement[] = []
  private readonly defined = new Map<string, string>()

  constructor(text: string) {
    this.text = text
  }

  read(): SubmitFile {
    for (let next = this.next('statement'); next !== undefined; next = this.next('statement')) this.statement(next)
    return { text: this.text, statements: this.statements }
  }

  private next(mode: 'statement' | 'item'): LogicalLine | undefined {
    const line = readLogicalLine(this.text, this.at, this.line, mode)
    if (line === undefined) return undefined
    this.at = line.end
    this.line = line.lastLine + 1
    return line
  }

  private place(first: LogicalLine, last: LogicalLine = first) {
    return { line: first.line, lastLine: last.lastLine, start: first.start, end: last.end, depth: this.depth }
  }

  private statement(line: LogicalLine): void {
    const written = line.text
    if (written.trim() === '' || written.startsWith('#')) {
      this.statements.push({ kind: 'remark', text: written, ...this.place(line) })
      return
    }
    // HTCondor hides lines of an if body from its oldest versions behind a colon
    const hidden = written.startsWith(':') && (this.depth > 0 || /^:if(\s|$)/.test(written))
    const text = hidden ? written.slice(1) : written
    if (/^\s/.test(text)) {
      const message = line.terminated
        ? 'white space after the colon'
        : 'the last line is indented and has no line end, which HTCondor cannot read'
      this.invalid(line, message)
      return
    }
    if (this.conditional(line, text) || this.queue(line, text) || this.directive(line, text)) return
    this.assignment(line, text)
  }

  private conditional(line: LogicalLine, text: string): boolean {
    const match = conditional.exec(text)
    const word = conditionalWords.find((one) => one === match?.[1]?.toLowerCase())
    if (match === null || word === undefined) return false
    if (word !== 'if' && this.depth === 0) {
      this.invalid(line, `${word} without an if`)
      return true
    }
    if (word === 'endif') this.depth--
    const depth = word === 'if' || word === 'endif' ? this.depth : this.depth - 1
    this.statements.push({ kind: 'conditional', word, condition: match[2] ?? '', ...this.place(line), depth })
    if (word === 'if') this.depth++
    return true
  }

  private queue(line: LogicalLine, text: string): boolean {
    const match = queueWord.exec(text)
    if (match === null) return false
    const written = match[1] ?? ''
    if (/^[=:]/.test(written)) {
      this.invalid(line, 'queue is a statement, not a value that can be set')
      return true
    }
    const args = parseQueueArguments(expandMacros(written, this.defined) ?? written)
    let last = line
    while (args.open) {
      const item = this.next('item')
      if (item === undefined) {
        this.invalid(line, 'the list of this queue statement is never closed: a line with ) alone is missing', last)
        return true
      }
      last = item
      if (item.text.startsWith(')')) break
      if (item.text === '' || item.text.startsWith('#')) continue
      if (args.mode === 'from') args.items.push(item.text)
      else args.items.push(...words(item.text))
    }
    this.statements.push({ kind: 'queue', arguments: args, ...this.place(line, last) })
    return true
  }

  private directive(line: LogicalLine, text: string): boolean {
    const match = directive.exec(text)
    const word = directiveWords.find((one) => one === match?.[1]?.toLowerCase())
    if (match === null || word === undefined) return false
    const detail = `${(match[2] ?? '').trim()} ${(match[3] ?? '').trim()}`.trim()
    this.statements.push({ kind: 'directive', word, text: detail, ...this.place(line) })
    return true
  }

  private assignment(line: LogicalLine, text: string): void {
    const match = assignment.exec(text)
    if (match === null) {
      this.invalid(line, 'neither an assignment (name = value) nor a queue statement')
      return
    }
    const [, name = '', operator = '', rest = ''] = match
    if (name.toLowerCase() === 'queue') {
      this.invalid(line, 'queue is a statement, not a value that can be set')
      return
    }
    if (!identifier.test(name) && !name.includes('$(')) {
      this.invalid(line, `"${name}" cannot be the name of a value`)
      return
    }
    if (operator === '@=') {
      this.hereDocument(line, name, rest.trim())
      return
    }
    const value = rest.trim()
    const key = name.toLowerCase().replace(/^\+/, 'my.')
    this.defined.set(key, value)
    this.statements.push({
      kind: 'assignment',
      name,
      operator: operator === '=' ? '=' : '+=',
      value,
      ...this.place(line),
    })
  }

  private hereDocument(line: LogicalLine, name: string, tag: string): void {
    const body: string[] = []
    for (let item = this.next('statement'); item !== undefined; item = this.next('statement')) {
      if (item.text === `@${tag}`) {
        this.statements.push({
          kind: 'assignment',
          name,
          operator: '@=',
          value: body.join('\n'),
          ...this.place(line, item),
        })
        return
      }
      if (item.text !== '' && !item.text.startsWith('#')) body.push(item.text)
    }
    this.invalid(line, `the value of ${name} is never closed: a line with @${tag} alone is missing`)
  }

  private invalid(line: LogicalLine, message: string, last: LogicalLine = line): void {
    const end = Math.max(last.end, this.at)
    this.statements.push({ kind: 'invalid', message, text: line.text, ...this.place(line, last), end })
  }
}
