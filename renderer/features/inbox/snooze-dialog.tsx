import { Button, Kbd, Modal, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState, type ReactElement } from "react";
import type { InboxItem } from "../../../core/contract/inbox.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { moment } from "../../ui/moment.ts";
import style from "./inbox.module.css";
import { snoozeChoices, type SnoozeChoice } from "./snooze.ts";

interface SnoozeProps {
  readonly chosen: InboxItem | undefined;
  /** The item was put away: the next one may come. */
  readonly afterwards: () => void;
  readonly open: (id: string) => void;
}

/** Milliseconds in which `z` takes the last one back, whatever is open. */
const takenBackWithin = 10_000;

/** Puts the chosen item away by `s`, and takes it back by `z`. */
export function Snooze({ chosen, afterwards, open }: SnoozeProps): ReactElement {
  const { say } = useSpeech();
  const [asked, setAsked] = useState<InboxItem>();
  const { last, snooze, wake, error, reset } = useSnoozing(() => {
    setAsked(undefined);
    afterwards();
  });
  const maySnooze = chosen?.phase === "requested" && chosen.snoozedUntil === undefined;
  const toWake = chosen?.snoozedUntil === undefined ? last : chosen.id;
  useScreenKeys([
    ...(maySnooze ? [{ key: "s", what: say("inbox.key.snooze"), act: () => (reset(), setAsked(chosen)) }] : []),
    ...(toWake === undefined ? [] : [{ key: "z", what: say("inbox.key.wake"), act: () => wake(toWake, open) }]),
  ]);
  return (
    <Modal
      opened={asked !== undefined}
      onClose={() => setAsked(undefined)}
      title={say("inbox.snooze.title")}
      size="xs"
      closeButtonProps={{ "aria-label": say("inbox.cancel") }}
    >
      {asked ? <Choices choose={(choice) => snooze(asked.id, choice)} /> : undefined}
      <p className={style["small"]}>{say("inbox.snooze.deadline")}</p>
      <Failure error={error} />
    </Modal>
  );
}

function Choices({ choose }: { readonly choose: (choice: SnoozeChoice) => void }): ReactElement {
  const { say } = useSpeech();
  const [choices] = useState(() => snoozeChoices(Date.now()));
  return (
    <Stack
      gap={8}
      mb={8}
      onKeyDown={(event) => {
        const choice = choices[Number(event.key) - 1];
        if (choice && !event.ctrlKey && !event.altKey && !event.metaKey) choose(choice);
      }}
    >
      {choices.map((choice, index) => (
        <Button
          key={choice.name}
          size="xs"
          variant="default"
          justify="space-between"
          data-autofocus={index === 0 || undefined}
          rightSection={<Kbd size="xs">{index + 1}</Kbd>}
          onClick={() => choose(choice)}
        >
          {say(`inbox.snooze.${choice.name}`)}
        </Button>
      ))}
    </Stack>
  );
}

function useSnoozing(afterwards: () => void) {
  const { say, language } = useSpeech();
  const queries = useHostQueries();
  const [last, setLast] = useState<string>();
  useEffect(() => {
    if (last === undefined) return undefined;
    const timer = setTimeout(() => setLast(undefined), takenBackWithin);
    return () => clearTimeout(timer);
  }, [last]);
  const put = useMutation({
    ...queries.inbox.snooze.mutationOptions(),
    onSuccess({ id, snoozedUntil }) {
      setLast(id);
      if (snoozedUntil !== undefined) notifications.show({ message: say("inbox.snooze.done", { when: moment(snoozedUntil, language) }) });
      afterwards();
    },
  });
  const take = useMutation({
    ...queries.inbox.wake.mutationOptions(),
    onSuccess() {
      setLast(undefined);
      notifications.show({ message: say("inbox.snooze.woken") });
    },
    onError: (error) => notifications.show({ color: "red", message: error.message }),
  });
  return {
    last,
    snooze: (id: string, { until }: SnoozeChoice): void => {
      if (!put.isPending) put.mutate({ id, ...(until === undefined ? {} : { until }) });
    },
    wake: (id: string, open: (id: string) => void): void => {
      if (!take.isPending) take.mutate({ id }, { onSuccess: () => open(id) });
    },
    error: put.error as unknown,
    reset: put.reset,
  };
}
