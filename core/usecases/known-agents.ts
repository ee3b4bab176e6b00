import type { Transaction } from "../ports/store.ts";

const key = "agents";

/** Notes whom the forge takes the agents' credential for: an owner's machine does not have it, and could not ask. */
export async function noteAgents(tx: Transaction, login: string): Promise<void> {
  await tx.settings.set(key, { login });
}

/** Login that agents' effects are made under; undefined before a repository was connected. */
export async function readAgents(tx: Transaction): Promise<string | undefined> {
  const login = (await tx.settings.get(key))?.["login"];
  return typeof login === "string" ? login : undefined;
}
