import type { RenderOptions } from '#domain/submit/render.ts'

/** The submit file of the batch tutorial. */
export const tutorial = `executable = do_catalogue.bash

output = do_catalogue-$(arguments).out
error  = do_catalogue-$(arguments).err
log    = do_catalogue-$(arguments).log

queue arguments from (
  1056215p
  1056216p
  1056217p
  1056218p
)
`

export function renderOptions(text: string, more: Partial<RenderOptions> = {}): RenderOptions {
  return {
    text,
    submission: 'submission/alice/5f0c',
    vmType: 'canfar:catalogue-software-2023-08-21',
    images: { east: '6f1c', arbutus: '0b2d' },
    flavors: { arbutus: 'c2', east: '5' },
    tenant: 'alice',
    trustDomain: 'pool.test',
    keepalive: { value: 3, cap: 10 },
    hold: true,
    ...more,
  }
}
