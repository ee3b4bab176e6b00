import { call } from "@orpc/server";
import { describe, expect, it } from "vitest";
import { InfrastructureError } from "../../../ports/infrastructure-error.ts";
import type { HostDependencies, SigningKeyPlace } from "../dependencies.ts";
import { keysProcedures } from "./keys.ts";

function proceduresWith(more: Partial<SigningKeyPlace> = {}): ReturnType<typeof keysProcedures> {
  let isSealed = false;
  const place: SigningKeyPlace = {
    canSeal: true,
    isSealed: async () => isSealed,
    seal: async () => void (isSealed = true),
    unseal: async () => void (isSealed = false),
    ...more,
  };
  return keysProcedures({ signingKey: { person: "olga", keyId: "0123", place } } as HostDependencies);
}

describe("the place of the signing key", () => {
  it("changes on the owner's word, there and back", async () => {
    const keys = proceduresWith();
    expect(await call(keys.state, undefined)).toEqual({ person: "olga", keyId: "0123", kept: "file", canSeal: true });

    expect(await call(keys.seal, undefined)).toMatchObject({ kept: "keyring" });
    expect(await call(keys.state, undefined)).toMatchObject({ kept: "keyring" });
    expect(await call(keys.unseal, undefined)).toMatchObject({ kept: "file" });
  });

  it("stays where it is when the keyring refuses", async () => {
    const keys = proceduresWith({ seal: () => Promise.reject(new InfrastructureError("unauthorised", "There is no keyring.", { remedy: "Install one." })) });

    await expect(call(keys.seal, undefined)).rejects.toThrow("There is no keyring.");
    expect(await call(keys.state, undefined)).toMatchObject({ kept: "file" });
  });
});
