import { useRef, useState } from "react";
import { useHostClient } from "../../host-client/host-context.tsx";
import { saveFile } from "../../ui/save-file.ts";

export type ExportFormat = "jsonl" | "csv";

export interface Export {
  /** Characters that have come so far; undefined when nothing is under way. */
  readonly progress: number | undefined;
  readonly failure: unknown;
  readonly start: (format: ExportFormat) => void;
  readonly cancel: () => void;
}

/** The whole trail as a file that the browser saves. Its pieces are handed to the browser as they come, so a long trail does not fill the page's memory. */
export function useExport(): Export {
  const client = useHostClient();
  const [progress, setProgress] = useState<number | undefined>();
  const [failure, setFailure] = useState<unknown>();
  const running = useRef<AbortController | undefined>(undefined);

  async function run(format: ExportFormat, { signal }: AbortController): Promise<void> {
    const pieces: Blob[] = [];
    let length = 0;
    for await (const piece of await client.audit.export({ format }, { signal })) {
      pieces.push(new Blob([piece]));
      length += piece.length;
      setProgress(length);
    }
    saveFile(
      new Blob(pieces, { type: format === "csv" ? "text/csv" : "application/x-ndjson" }),
      `signalbox-audit-${new Date().toISOString().slice(0, 10)}.${format}`,
    );
  }

  return {
    progress,
    failure,
    start(format) {
      const controller = new AbortController();
      running.current = controller;
      setFailure(undefined);
      setProgress(0);
      run(format, controller)
        .catch((error: unknown) => {
          if (!controller.signal.aborted) setFailure(error);
        })
        .finally(() => setProgress(undefined));
    },
    cancel: () => running.current?.abort(),
  };
}
