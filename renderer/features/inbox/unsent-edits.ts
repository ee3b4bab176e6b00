import { useState } from "react";

/** What the owner has written for a request and not sent, as long as the window is open: neither a refusal nor a look at another request takes it away. */
const unsent = new Map<string, string>();

export interface UnsentEdit {
  /** Undefined: nothing was written, or it was sent. */
  readonly text: string | undefined;
  readonly keep: (text: string) => void;
  readonly forget: () => void;
}

/** The text that was written for this request. */
export function useUnsentEdit(id: string): UnsentEdit {
  const [text, setText] = useState(() => unsent.get(id));
  return {
    text,
    keep(written) {
      unsent.set(id, written);
      setText(written);
    },
    forget() {
      unsent.delete(id);
      setText(undefined);
    },
  };
}
