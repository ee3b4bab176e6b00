/** What crosses between a process of Electron's runtime and the host beside it: what the shell and the host say to each other, and what goes over each port. */
export type Carried =
  | { readonly type: "message"; readonly data: unknown; readonly port?: number | undefined }
  | { readonly type: "port-message"; readonly port: number; readonly data: unknown }
  | { readonly type: "port-close"; readonly port: number };
