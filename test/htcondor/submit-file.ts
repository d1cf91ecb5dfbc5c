/** A submit file as the renderer makes one; `lines` go before the queue statement. */
export function submitFile({
  lines = [],
  queue = 'queue 1',
  command = 'true',
}: {
  lines?: string[]
  queue?: string
  command?: string
}): string {
  return [
    'executable = /bin/sh',
    'transfer_executable = false',
    `arguments = "-c '${command}'"`,
    '+VMType = "proj:image"',
    '+VMAMI = "arbutus:img-1,east:img-1"',
    '+VMInstanceType = "arbutus:flv-1,east:flv-1"',
    '+VMKeepAlive = 3',
    'requirements = TARGET.VMType =?= MY.VMType && TARGET.Arch == "X86_64" && stringListIMember(TARGET.VMAMI, MY.VMAMI)',
    ...lines,
    'hold = True',
    queue,
    '',
  ].join('\n')
}
