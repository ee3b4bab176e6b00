import { useEffect, useState } from "react";
import type { UpdatesReply } from "../../core/contract/shell.ts";
import { useHostConnection } from "./host-context.tsx";

/** How the application's updates are, as they go on; undefined in a browser, and for the moment until the shell has answered. */
export function useUpdates(): UpdatesReply | undefined {
  const { updates } = useHostConnection().source;
  const [known, setKnown] = useState<UpdatesReply>();
  useEffect(() => {
    let isLeft = false;
    const follow = async (): Promise<void> => {
      let knows = 0;
      while (updates && !isLeft) {
        const reply = await updates.after(knows);
        knows = reply.revision;
        if (!isLeft) setKnown(reply);
      }
    };
    // A shell that does not answer any more is on its way out.
    void follow().catch(() => undefined);
    return () => void (isLeft = true);
  }, [updates]);
  return known;
}
