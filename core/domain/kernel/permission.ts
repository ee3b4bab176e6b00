export const permissionLevels = ["none", "read", "triage", "write", "maintain", "admin"] as const;
/** What somebody may do in a repository, weakest first. */
export type Permission = (typeof permissionLevels)[number];

/** Whether it is enough to set labels, to review with consequence, and to merge. */
export function mayWrite(permission: Permission): boolean {
  return permissionLevels.indexOf(permission) >= permissionLevels.indexOf("write");
}
