import { Button, Group, Kbd, Loader, Modal, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import type { z } from "zod";
import type { transitionPreview } from "../../../core/contract/board.ts";
import type { RunDetail } from "../../../core/contract/runs.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { unlessRefused } from "../../host-client/unless-refused.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { useFirstFocus } from "../../ui/first-focus.ts";
import { Foreign } from "../../ui/foreign-text.tsx";
import { LabelChip, type LabelFate } from "../../ui/label-chip.tsx";
import style from "./runs.module.css";

type Preview = z.infer<typeof transitionPreview>;

interface RerunDialogProps {
  readonly run: RunDetail;
  readonly opened: boolean;
  readonly close: () => void;
}

/** Starts the stage of a run that is over again: the change of labels that does it, what stands in its way, and, when told so, exactly that change. */
export function RerunDialog({ run, opened, close }: RerunDialogProps): ReactElement {
  const { say } = useSpeech();
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={say("runs.rerun.title", { stage: run.stage, issue: run.issue })}
      size="md"
      centered
      closeButtonProps={{ "aria-label": say("inbox.cancel") }}
    >
      <Change run={run} close={close} />
    </Modal>
  );
}

function Change({ run, close }: Pick<RerunDialogProps, "run" | "close">): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const move = { repository: run.repository, issue: run.issue, to: run.stage, variant: run.variant };
  const { data, failureReason, refetch } = useQuery({ ...queries.board.preview.queryOptions({ input: move }), retry: unlessRefused, gcTime: 0 });
  const apply = useMutation({
    ...queries.board.apply.mutationOptions(),
    onSuccess() {
      notifications.show({ message: say("runs.rerun.done") });
      close();
    },
    // The labels have moved on: what is shown next is how they are now.
    onError: () => void refetch(),
  });
  const box = useFirstFocus(data !== undefined);
  if (!data) return failureReason ? <Failure error={failureReason} /> : <Loader size="sm" />;
  const against = [...data.conflicts.map((condition) => ({ condition, remedy: "" })), ...data.unmet];
  const submit = (): void => {
    if (against.length === 0 && !apply.isPending) apply.mutate({ ...move, targetVersion: data.targetVersion });
  };
  return (
    <Stack
      ref={box}
      gap={16}
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
      }}
    >
      <span>{say("runs.rerun.text")}</span>
      <Labels title={say("runs.rerun.removed")} labels={data.plan.removed} fate="removed" />
      <Labels title={say("runs.rerun.added")} labels={data.plan.added} fate="added" />
      {against.length === 0 ? undefined : (
        <div role="alert">
          <strong>{say("runs.rerun.against")}</strong>
          {against.map(({ condition, remedy }) => (
            <p key={condition}>
              <Foreign>{`${condition} ${remedy}`.trim()}</Foreign>
            </p>
          ))}
        </div>
      )}
      {data.full ? <Warning full={data.full} /> : undefined}
      <Failure error={apply.error} />
      <Group justify="flex-end" gap={8}>
        <Button variant="default" size="xs" onClick={close}>
          {say("inbox.cancel")}
        </Button>
        <Button data-autofocus size="xs" disabled={against.length > 0} loading={apply.isPending} onClick={submit}>
          {say("runs.rerun.confirm")} <Kbd size="xs">Ctrl Enter</Kbd>
        </Button>
      </Group>
    </Stack>
  );
}

/** That its stage has no room by the owner's own limit, which keeps nothing from starting. */
function Warning({ full: { stage, inProgress, limit } }: { readonly full: NonNullable<Preview["full"]> }): ReactElement {
  const { say } = useSpeech();
  return (
    <p className={style["rerunWarning"]}>
      <IconAlertTriangle size={16} role="img" aria-label={say("board.sheet.warning")} />
      <span>
        {say("board.sheet.full", { stage: say(`board.stage.${stage}`), n: inProgress, limit })}. {say("board.sheet.fullText")}
      </span>
    </p>
  );
}

function Labels({ title, labels, fate }: { readonly title: string; readonly labels: readonly string[]; readonly fate: LabelFate }): ReactElement | undefined {
  if (labels.length === 0) return undefined;
  return (
    <div className={style["rerunLabels"]}>
      <span>{title}</span>
      {labels.map((label) => (
        <LabelChip key={label} fate={fate}>
          <Foreign>{label}</Foreign>
        </LabelChip>
      ))}
    </div>
  );
}
