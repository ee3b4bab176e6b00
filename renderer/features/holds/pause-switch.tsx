import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { IconPlayerPause } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import type { WorkspaceState } from "../../../core/contract/workspace.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { useScreenKeys } from "../../ui/keys.tsx";
import { moment } from "../../ui/moment.ts";
import style from "./holds.module.css";

/** The switch of the whole workspace, in the top bar and by key on every screen. While everything is paused, the banner has its place. */
export function PauseSwitch(): ReactElement | undefined {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const { data } = useQuery(queries.workspace.watch.experimental_liveOptions());
  const [asking, setAsking] = useState(false);
  const restore = useMutation(queries.workspace.restore.mutationOptions());
  const isPaused = data?.pause !== undefined;
  useScreenKeys([
    isPaused
      ? { key: "shift+P", what: say("holds.restore.all"), act: () => restore.mutate(undefined) }
      : { key: "shift+P", what: say("holds.pause"), act: () => setAsking(data !== undefined) },
  ]);
  if (!data || isPaused) return undefined;
  return (
    <>
      <Button size="compact-xs" variant="default" leftSection={<IconPlayerPause size={14} aria-hidden />} onClick={() => setAsking(true)}>
        {say("holds.pause")}
      </Button>
      <PauseDialog opened={asking} onClose={() => setAsking(false)} atWork={data.atWork} />
    </>
  );
}

function PauseDialog(props: { readonly opened: boolean; readonly onClose: () => void; readonly atWork: number }): ReactElement {
  const { opened, onClose, atWork } = props;
  const { say } = useSpeech();
  const [reason, setReason] = useState("");
  const pause = useMutation(useHostQueries().workspace.pause.mutationOptions({ onSuccess: () => (onClose(), setReason("")) }));
  const given = reason.trim();
  const submit = (): void => {
    if (!pause.isPending) pause.mutate(given === "" ? {} : { reason: given });
  };
  return (
    <Modal opened={opened} onClose={onClose} title={say("holds.pause.title")} closeButtonProps={{ "aria-label": say("holds.pause.keep") }} size="md" centered>
      <Stack gap={16}>
        <span>{atWork === 0 ? say("holds.pause.none") : say("holds.pause.some", { n: atWork })}</span>
        <span className={style["aside"]}>{say("holds.pause.rest")}</span>
        <Textarea
          data-autofocus
          autosize
          minRows={2}
          maxRows={6}
          maxLength={500}
          label={say("holds.pause.reason")}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
          }}
        />
        <Failure error={pause.error} />
        <Group justify="flex-end" gap={8}>
          <Button variant="default" size="xs" onClick={onClose}>
            {say("holds.pause.keep")}
          </Button>
          <Button size="xs" loading={pause.isPending} onClick={submit}>
            {say("holds.pause.confirm")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** Stands over every screen while everything is paused: since when, by whom, why, how much waits for it, and the way back. */
export function PauseBanner(): ReactElement | undefined {
  const queries = useHostQueries();
  const { data } = useQuery(queries.workspace.watch.experimental_liveOptions());
  return data?.pause ? <Paused pause={data.pause} held={data.held} /> : undefined;
}

function Paused({ pause, held }: { readonly pause: NonNullable<WorkspaceState["pause"]>; readonly held: number }): ReactElement {
  const { say, language } = useSpeech();
  const restore = useMutation(useHostQueries().workspace.restore.mutationOptions());
  return (
    <div className={style["banner"]} role="status">
      <IconPlayerPause size={16} aria-hidden />
      <span className={style["words"]}>
        <strong>{say("holds.paused", { by: pause.by, when: moment(pause.since, language) })}</strong>
        {pause.reason === undefined ? undefined : (
          <>
            : <Foreign>{pause.reason}</Foreign>
          </>
        )}
        {held > 0 ? <span className={style["aside"]}> · {say("holds.paused.held", { n: held })}</span> : undefined}
      </span>
      <Button size="compact-xs" loading={restore.isPending} onClick={() => restore.mutate(undefined)}>
        {say("holds.restore")}
      </Button>
      {restore.error ? <Failure error={restore.error} /> : undefined}
    </div>
  );
}
