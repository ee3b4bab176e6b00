import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { readAnchor, type AuditAnchor } from "../../domain/audit/anchor.ts";
import type { AuditAnchors } from "../../ports/audit-anchors.ts";
import { InfrastructureError } from "../../ports/infrastructure-error.ts";

/** Anchors as lines of JSON in a file that is only appended to. One process writes it (the owner of the database, or the host of one person). */
export function createFileAnchors(path: string): AuditAnchors {
  let last: Promise<unknown> = Promise.resolve();
  return {
    list: async () => parse(path, await read(path)),
    add(anchor) {
      const added = last.then(() => append(path, anchor));
      last = added.catch(() => undefined);
      return added;
    },
  };
}

async function append(path: string, anchor: AuditAnchor): Promise<void> {
  const complete = completeLines(await read(path));
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await open(path, "a", 0o600);
    try {
      // A death in the middle of an append leaves half a line, which never counted.
      await file.truncate(Buffer.byteLength(complete));
      await file.appendFile(`${JSON.stringify(anchor)}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new InfrastructureError("unwritable", `The audit anchors ${path} cannot be written.`, {
      cause,
      remedy: "Correct the owner and permissions of the file and its directory.",
    });
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return "";
    throw new InfrastructureError("invalid-response", `The audit anchors ${path} cannot be read.`, {
      cause,
      remedy: "Correct the owner and permissions of the file.",
    });
  }
}

function completeLines(text: string): string {
  return text.slice(0, text.lastIndexOf("\n") + 1);
}

function parse(path: string, text: string): readonly AuditAnchor[] {
  return completeLines(text)
    .split("\n")
    .slice(0, -1)
    .map((line, index) => {
      const anchor = parseLine(line);
      if (anchor) return anchor;
      throw new InfrastructureError("invalid-response", `Line ${index + 1} of the audit anchors ${path} is malformed.`, {
        remedy: "Restore the file from a copy; without it a cut-off end of the trail is not noticed.",
      });
    });
}

function parseLine(line: string): AuditAnchor | undefined {
  try {
    const value: unknown = JSON.parse(line);
    // Before anchors were signed they had a place and a time only; such a line is read, and fails where its signature is checked.
    return typeof value === "object" && value !== null ? readAnchor({ by: "", keyId: "", previous: "", signature: "", ...value }) : undefined;
  } catch {
    return undefined;
  }
}
