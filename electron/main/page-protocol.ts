import { readFile } from "node:fs/promises";
import { protocol } from "electron";
import { shellOrigin } from "../../core/contract/shell.ts";
import { pageFiles, pageHeaders } from "../../core/apps/host/page-files.ts";

const { protocol: scheme, hostname } = new URL(shellOrigin);
const name = scheme.replace(":", "");

/**
 * Before the application is ready: the page's own scheme counts as a secure origin, with storage of its own, and nothing else may be loaded under it. Its compiled code is kept between starts
 * (an Electron that cannot do so takes no notice).
 */
export function announcePageScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: name, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }]);
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly content: Buffer;
}

/** How Electron before 25 serves a scheme. */
interface OldProtocol {
  registerBufferProtocol(
    scheme: string,
    handler: (request: { readonly url: string }, respond: (response: { statusCode: number; headers: Record<string, string>; data: Buffer }) => void) => void,
  ): boolean;
}

/** Serves the built page under {@link shellOrigin}: its files by their exact names, with the policy that holds them to this host. */
export function servePage(directory: string): void {
  const files = pageFiles(directory);
  const headers = pageHeaders("ws://127.0.0.1:*");
  const answer = async (address: string): Promise<Answer> => {
    const url = new URL(address);
    const file = url.hostname === hostname ? files.get(url.pathname) : undefined;
    const content = file && (await readFile(file.path).catch(() => undefined));
    if (!file || !content) return { status: 404, headers, content: Buffer.from(files.size === 0 ? "The page is not built." : "There is no such file.") };
    return { status: 200, headers: { ...headers, "content-type": file.type }, content };
  };
  if ("handle" in protocol) {
    protocol.handle(name, async (request) => {
      const { status, headers: sent, content } = await answer(request.url);
      return new Response(new Uint8Array(content), { status, headers: sent });
    });
    return;
  }
  (protocol as OldProtocol).registerBufferProtocol(name, (request, respond) => {
    void answer(request.url).then(({ status, headers: sent, content }) => respond({ statusCode: status, headers: { ...sent }, data: content }));
  });
}
