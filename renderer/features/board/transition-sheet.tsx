import { Button, Kbd, NativeSelect, SegmentedControl } from "@mantine/core";
import { getHotkeyHandler } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle, IconCheck, IconX } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useId, useRef, useState, type ReactElement } from "react";
import type { z } from "zod";
import type { transitionPreview } from "../../../core/contract/board.ts";
import { artifactTitle } from "../../../core/domain/stage/artifacts.ts";
import { conflictOf } from "../../host-client/conflict.ts";
import { useHostQueries, useLinkState } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import { Section } from "../../ui/panes.tsx";
import style from "./board.module.css";
import { variantsOf, type IssueReference, type StageName, type StageRow } from "./board-view.ts";
import { columnName } from "./column-head.tsx";
import type { ColumnLoad } from "./column-loads.ts";
import { LabelChange } from "./label-change.tsx";

type Preview = z.infer<typeof transitionPreview>;
type Variant = "work" | "revise";

export interface Move extends IssueReference {
  readonly title: string;
  readonly to: StageName;
  readonly variant: Variant;
}

interface Given {
  readonly move: Move;
  readonly stages: readonly StageRow[];
  /** The issue's labels as the board shows them: when they change, the change is worked out again. */
  readonly labels: readonly string[] | undefined;
  /** How far the limit of the stage is taken up, as the board shows it: likewise. */
  readonly load: ColumnLoad | undefined;
  readonly change: (move: Move) => void;
  readonly close: () => void;
}

/** The change of labels that moves an issue, before anything happens; and, on Apply, exactly that change. */
export function TransitionSheet({ move, stages, labels, load, change, close }: Given): ReactElement {
  const { say } = useSpeech();
  const title = useId();
  const place = useRef<HTMLElement>(null);
  const { preview, apply, isMoved, canApply, submit } = useTransition(move, [...(labels ?? []), JSON.stringify(load)].join("\n"), close);
  useEffect(() => {
    place.current?.querySelector("select")?.focus();
  }, []);
  const stage = stages.find(({ name }) => name === move.to);
  const keys = getHotkeyHandler([
    ["Escape", close],
    ["mod+Enter", submit],
  ]);
  return (
    <aside ref={place} className={style["sheet"]} aria-labelledby={title} onKeyDown={keys}>
      <div className={style["sheetBody"]}>
        <h2 id={title} className={style["sheetTitle"]}>
          {say("board.sheet.title", { n: move.issue, stage: columnName(move.to, say) })}
        </h2>
        <p className={style["sheetIssue"]}>
          <Foreign>{move.title}</Foreign>
        </p>
        <Target move={move} stages={stages} change={change} />
        {isMoved ? (
          <p className={style["moved"]} role="alert">
            <IconAlertTriangle size={16} aria-hidden /> {say("board.sheet.moved")}
          </p>
        ) : undefined}
        {preview.data ? (
          <Shown preview={preview.data} stage={stage} />
        ) : (
          <p className={style["quiet"]}>{preview.isError ? undefined : say("board.sheet.looking")}</p>
        )}
      </div>
      <div className={style["sheetFoot"]}>
        <Failure error={preview.error ?? refusal(apply.error)} />
        {preview.isError ? (
          <Button variant="default" onClick={() => void preview.refetch()}>
            {say("board.sheet.again")}
          </Button>
        ) : undefined}
        <Button disabled={!canApply} loading={apply.isPending} onClick={submit} rightSection={<Kbd size="xs">Ctrl ⏎</Kbd>}>
          {say(isMoved ? "board.sheet.applyNew" : "board.sheet.apply")}
        </Button>
        <Button variant="default" onClick={close}>
          {say("board.sheet.cancel")}
        </Button>
      </div>
    </aside>
  );
}

/** The preview of one move and its application; worked out again when `onBoard`, what the board shows of it, is another. What is applied is what is on the screen: the host refuses it when the labels have moved on. */
function useTransition({ title: _title, ...move }: Move, onBoard: string, close: () => void) {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const preview = useQuery({ ...queries.board.preview.queryOptions({ input: move }), retry: false, gcTime: 0, placeholderData: (before) => before });
  const { refetch } = preview;
  useEffect(() => {
    void refetch();
  }, [onBoard, refetch]);
  const version = preview.data?.targetVersion;
  const [opened, setOpened] = useState(version);
  if (opened === undefined && version !== undefined) setOpened(version);
  const apply = useMutation({
    ...queries.board.apply.mutationOptions(),
    onSuccess: () => {
      const stage = columnName(move.to, say);
      notifications.show({ title: say("board.sheet.applied", { n: move.issue, stage }), message: say("board.sheet.appliedText") });
      close();
    },
    onError: () => void refetch(),
  });
  const isLost = useLinkState().phase === "lost";
  const canApply = !isLost && preview.data !== undefined && !preview.isPlaceholderData && !preview.isError && isOpen(preview.data) && !apply.isPending;
  return {
    preview,
    apply,
    canApply,
    isMoved: opened !== undefined && version !== undefined && opened !== version,
    submit: () => {
      if (canApply && preview.data) apply.mutate({ ...move, targetVersion: preview.data.targetVersion });
    },
  };
}

/** That the labels moved on is said by what is shown instead. */
function refusal(error: unknown): unknown {
  return conflictOf(error) ? undefined : error;
}

function isOpen({ plan, conflicts, unmet }: Preview): boolean {
  return conflicts.length === 0 && unmet.length === 0 && plan.removed.length + plan.added.length > 0;
}

function Target({ move, stages, change }: Pick<Given, "move" | "stages" | "change">): ReactElement {
  const { say } = useSpeech();
  const variants = variantsOf(stages.find(({ name }) => name === move.to));
  const group = (kind: StageRow["kind"]) => stages.filter((stage) => stage.kind === kind).map(({ name }) => ({ value: name, label: columnName(name, say) }));
  const choose = (value: string): void => {
    const stage = stages.find(({ name }) => name === value);
    if (stage) change({ ...move, to: stage.name, variant: variantsOf(stage).find((variant) => variant === move.variant) ?? "work" });
  };
  return (
    <div className={style["target"]}>
      <NativeSelect
        label={say("board.sheet.target")}
        value={move.to}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[
          { group: say("board.process"), items: group("process") },
          { group: say("board.service"), items: group("service") },
        ]}
      />
      {variants.length === 1 ? undefined : (
        <SegmentedControl
          aria-label={say("board.sheet.variant")}
          value={move.variant}
          onChange={(value) => change({ ...move, variant: variants.find((variant) => variant === value) ?? "work" })}
          data={variants.map((variant) => ({ value: variant, label: say(`board.sheet.variant.${variant}`) }))}
        />
      )}
    </div>
  );
}

function Shown({ preview, stage }: { readonly preview: Preview; readonly stage: StageRow | undefined }): ReactElement {
  const { say } = useSpeech();
  const conditions = (
    <Section title={say("board.sheet.conditions")}>
      <Conditions preview={preview} />
    </Section>
  );
  const isSaidFirst = preview.conflicts.length + preview.unmet.length > 0 || preview.full !== undefined;
  return (
    <>
      {isSaidFirst ? conditions : undefined}
      <Section title={say("board.sheet.labels")}>
        <LabelChange plan={preview.plan} />
      </Section>
      {isSaidFirst ? undefined : conditions}
      {stage ? (
        <Section title={say("board.sheet.starts")}>
          <Starts stage={stage} />
        </Section>
      ) : undefined}
    </>
  );
}

function Conditions({ preview: { plan, conflicts, unmet, full } }: { readonly preview: Preview }): ReactElement {
  const { say } = useSpeech();
  const isUnchanged = plan.removed.length + plan.added.length === 0;
  if (conflicts.length + unmet.length === 0 && (isUnchanged || !full)) {
    return (
      <p className={style["condition"]} data-met="true">
        <IconCheck size={16} aria-hidden /> {say(isUnchanged ? "board.sheet.unchanged" : "board.sheet.clear")}
      </p>
    );
  }
  return (
    <ul className={style["conditions"]}>
      {conflicts.map((conflict) => (
        <Unmet key={conflict} word={say("board.sheet.conflict")} condition={conflict} />
      ))}
      {unmet.map(({ condition, remedy }) => (
        <Unmet key={condition} word={say("board.sheet.unmet")} condition={condition} remedy={remedy} />
      ))}
      {full ? <Full full={full} /> : undefined}
    </ul>
  );
}

function Unmet({ word, condition, remedy }: { readonly word: string; readonly condition: string; readonly remedy?: string | undefined }): ReactElement {
  return (
    <li className={style["condition"]} data-met="false">
      <IconX size={16} aria-label={word} role="img" />
      <span>
        <Foreign>{condition}</Foreign>
        {remedy === undefined ? undefined : (
          <span className={style["remedy"]}>
            <Foreign>{remedy}</Foreign>
          </span>
        )}
      </span>
    </li>
  );
}

/** Nothing that keeps the issue out: the owner has set the limit, and decides. */
function Full({ full: { stage, inProgress, limit } }: { readonly full: NonNullable<Preview["full"]> }): ReactElement {
  const { say } = useSpeech();
  return (
    <li className={style["condition"]} data-met="warning">
      <IconAlertTriangle size={16} aria-label={say("board.sheet.warning")} role="img" />
      <span>
        {say("board.sheet.full", { stage: columnName(stage, say), n: inProgress, limit })}
        <span className={style["remedy"]}>{say("board.sheet.fullText")}</span>
      </span>
    </li>
  );
}

/** What the stage's label brings about, as far as the process says so. */
function Starts({ stage }: { readonly stage: StageRow }): ReactElement {
  const { say } = useSpeech();
  const role = stage.roles[0] ?? "";
  const documents = stage.artifacts.map((type) => artifactTitle(type)).join(", ");
  return <p className={style["quiet"]}>{say(documents === "" ? "board.sheet.agentOnly" : "board.sheet.agent", { role, documents })}</p>;
}
