import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import type { RunDetail } from "../../../core/contract/runs.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { RerunDialog } from "./rerun-dialog.tsx";
import { actionsOn, untold } from "./run-status.ts";
import { WordsDialog } from "./words-dialog.tsx";

/** Tells the run's agent something, or starts the stage of a run that is over again. The keys of what cannot be done now say what to do instead. */
export function TellOrRerun({ run }: { readonly run: RunDetail }): ReactElement {
  const { say } = useSpeech();
  const [opened, setOpened] = useState<"note" | "rerun">();
  const note = useMutation(useHostQueries().runs.note.mutationOptions());
  const possible = actionsOn(run);
  const instead = (message: string): void => void notifications.show({ color: "yellow", message });
  const tell = (): void => {
    const why = untold(run);
    if (why === undefined) setOpened("note");
    else instead(say(`runs.note.not.${why}`));
  };
  const again = (): void => (possible.rerun ? setOpened("rerun") : instead(say("runs.rerun.not")));
  const close = (): void => setOpened(undefined);
  const send = (text: string, done: () => void): void =>
    note.mutate(
      { id: run.id, text },
      {
        onSuccess() {
          done();
          notifications.show({ message: say("runs.note.sent") });
          close();
        },
      },
    );
  useScreenKeys([
    { key: "t", what: say("runs.act.note"), act: tell },
    { key: "shift+R", what: say("runs.act.rerun"), act: again },
  ]);
  return (
    <>
      {possible.rerun ? (
        <Button size="xs" variant="default" onClick={again}>
          {say("runs.act.rerun")}
        </Button>
      ) : undefined}
      {possible.note ? (
        <Button size="xs" variant="default" onClick={tell}>
          {say("runs.act.note")}
        </Button>
      ) : undefined}
      <WordsDialog
        texts={{
          title: say("runs.note.title"),
          text: say("runs.note.text"),
          label: say("runs.note.words"),
          keep: say("inbox.cancel"),
          confirm: say("runs.note.send"),
        }}
        opened={opened === "note"}
        onClose={close}
        onConfirm={send}
        busy={note.isPending}
        error={note.error}
      />
      <RerunDialog run={run} opened={opened === "rerun"} close={close} />
    </>
  );
}
