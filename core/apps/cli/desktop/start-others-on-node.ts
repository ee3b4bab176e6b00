/** What a process says of the program that it runs. */
export interface RunningProgram {
  execPath: string;
  readonly versions: { readonly electron?: string | undefined };
  readonly env: Record<string, string | undefined>;
}

/**
 * In a process of Electron's, the running program is Electron, which runs no scripts (a fuse sees to that). Agents and whatever else is started by the path of the running program are
 * started on the Node that came with it, which its shell names.
 */
export function startOthersOnNode(program: RunningProgram): void {
  const node = program.env["SIGNALBOX_NODE"];
  delete program.env["SIGNALBOX_NODE"];
  if (program.versions.electron !== undefined && node !== undefined) program.execPath = node;
}
