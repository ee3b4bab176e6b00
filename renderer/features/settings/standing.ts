import type { PersonRight } from "../../../core/contract/people.ts";
import { mayWrite } from "../../../core/domain/kernel/permission.ts";

export type Standing = "decides" | "key-only" | "right-only" | "nothing" | "agents" | "agents-app" | "agents-weak" | "agents-person";

/** What key and right of somebody come to, in one word. */
export function standingOf({ permission, hasKey, isAgents, isYou }: PersonRight): Standing {
  if (isAgents && (hasKey || isYou)) return "agents-person";
  if (isAgents && permission === undefined) return "agents-app";
  const isEnough = mayWrite(permission ?? "none");
  if (isAgents) return isEnough ? "agents" : "agents-weak";
  if (hasKey) return isEnough ? "decides" : "key-only";
  return isEnough ? "right-only" : "nothing";
}
