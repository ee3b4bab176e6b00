import type { Octokit } from "@octokit/rest";

const mostEntries = 1000;

interface CachedResponse {
  readonly etag: string;
  readonly response: Awaited<ReturnType<Octokit["request"]>>;
}

/**
 * Lets `client` remember successful reads by ETag. Every read still asks GitHub; an authorised 304 costs nothing of the rate limit and is answered from memory. One cache
 * belongs to one credential, so nobody sees what another identity may read.
 */
export function rememberReads(client: Octokit): void {
  const cache = new Map<string, CachedResponse>();

  client.hook.wrap("request", async (request, options) => {
    if (options.method !== "GET") return request(options);
    const { url, headers } = client.request.endpoint(options);
    const key = `${headers.accept ?? ""} ${url}`;
    const cached = cache.get(key);
    if (cached) options.headers["if-none-match"] = cached.etag;
    try {
      const response = await request(options);
      const etag = response.headers.etag;
      if (etag) store(cache, key, { etag, response: structuredClone(response) });
      return response;
    } catch (error) {
      if (!cached || !isNotModified(error)) throw error;
      store(cache, key, cached);
      // A copy: pagination rewrites the response it is given.
      return structuredClone(cached.response);
    }
  });
}

function isNotModified(error: unknown): boolean {
  return error instanceof Error && "status" in error && error.status === 304;
}

/** Keeps the most recently used entries. */
function store(cache: Map<string, CachedResponse>, key: string, entry: CachedResponse): void {
  cache.delete(key);
  cache.set(key, entry);
  const oldest = cache.keys().next();
  if (cache.size > mostEntries && !oldest.done) cache.delete(oldest.value);
}
