await import('#config/load.ts')
