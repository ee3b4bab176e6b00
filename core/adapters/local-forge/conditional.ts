import { createHash } from "node:crypto";

/** Puts an ETag on a successful read and answers 304 to whoever already has it. As on GitHub, the tag depends on who asks. */
export async function conditional(request: Request, response: Response): Promise<Response> {
  if (request.method !== "GET" || response.status !== 200) return response;
  const body = await response.text();
  const hash = createHash("sha256")
    .update(request.headers.get("authorization") ?? "")
    .update("\0")
    .update(body)
    .digest("hex");
  const tag = `W/"${hash}"`;
  const headers = new Headers(response.headers);
  headers.set("ETag", tag);
  headers.set("Cache-Control", "private, max-age=60, s-maxage=60");
  headers.set("Vary", "Accept, Authorization, Cookie");
  const known = (request.headers.get("if-none-match") ?? "").split(",").map((candidate) => candidate.trim());
  if (!known.includes(tag)) return new Response(body, { status: 200, headers });
  headers.delete("content-type");
  return new Response(null, { status: 304, headers });
}
