import { writeSync } from 'node:fs'
import { pino } from 'pino'
import type { Logger, LogLevel, LogMetadata } from '@temporalio/worker'

/**
 * Standard error as it is: a line that cannot be written, because a disk is full, is lost. pino's own destination would try for ever,
 * and keep a process alive that does nothing else.
 */
const standardError = {
  write(line: string): void {
    try {
      writeSync(2, line)
    } catch {
      // there is nowhere to say so
    }
  },
}

/** The worker process's log: one JSON object a line, on standard error. */
export function createLogger(level: string): Logger {
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, standardError)
  const write = (name: 'trace' | 'debug' | 'info' | 'warn' | 'error') => (message: string, meta?: LogMetadata) =>
    log[name](plain(meta), message)
  const logger = {
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  }
  return {
    ...logger,
    log: (at: LogLevel, message: string, meta?: LogMetadata) =>
      logger[at.toLowerCase() as keyof typeof logger](message, meta),
  }
}

/** What Temporal adds to every line and nobody reads here. */
const noise = new Set(['sdkComponent', 'taskToken', 'namespace', 'isLocal'])

function plain(meta: LogMetadata = {}): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(meta)
      .filter(([key]) => !noise.has(key))
      .map(([key, value]) => [key, value instanceof Error ? { message: value.message, stack: value.stack } : value]),
  )
}
