/**
 * Closes secrets so that only this user, logged in on this machine, can open them again: the system's keyring, which the desktop's shell reaches. Where there is no shell, there is none of these.
 */
export interface SecretSealer {
  /** @throws InfrastructureError `unavailable` or `unauthorised` with what to do when the system has no keyring that is worth the name, `timeout` when nobody answers. */
  seal(secret: string): Promise<string>;
  /** The secret again. @throws InfrastructureError as above, `unauthorised` too for what was sealed elsewhere or by somebody else. */
  unseal(sealed: string): Promise<string>;
}
