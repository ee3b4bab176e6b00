import { Button, Modal, NativeSelect, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type ReactElement } from "react";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import style from "./board.module.css";
import type { IssueReference } from "./board-view.ts";

export interface OpenedIssue extends IssueReference {
  readonly title: string;
}

interface Given {
  readonly opened: boolean;
  /** The repository that the board shows. */
  readonly repository: string | undefined;
  readonly close: () => void;
  readonly done: (issue: OpenedIssue) => void;
  /** Shows an issue that is there already. */
  readonly show: (issue: IssueReference) => void;
}

/** Opens an issue as the owner. */
export function NewIssue({ opened, repository, close, done, show }: Given): ReactElement {
  const { say } = useSpeech();
  return (
    <Modal opened={opened} onClose={close} title={say("board.issue.title")} size="lg" closeButtonProps={{ "aria-label": say("board.issue.cancel") }}>
      <IssueForm repository={repository} close={close} done={done} show={show} />
    </Modal>
  );
}

function IssueForm({ repository, close, done, show }: Omit<Given, "opened">): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const projects = useQuery(queries.projects.list.queryOptions()).data ?? [];
  const sample = projects.find((project) => project.sample)?.repository;
  const [draft, setDraft] = useState<Draft>({ title: "", body: "", labels: [] });
  const target = draft.repository ?? repository ?? projects[0]?.repository ?? "";
  const open = useMutation({
    ...queries.projects.openIssue.mutationOptions(),
    onSuccess: (issue, { title }) => done({ ...issue, title }),
  });
  return (
    <form
      className={style["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        open.mutate({ repository: target, title: draft.title, body: draft.body, labels: [...draft.labels] });
      }}
    >
      {sample === undefined ? undefined : <SampleIdea repository={sample} use={(idea) => setDraft({ ...draft, ...idea, repository: sample })} show={show} />}
      <NativeSelect
        label={say("board.issue.repository")}
        value={target}
        onChange={(event) => setDraft({ ...draft, repository: event.currentTarget.value })}
        data={projects.map((project) => project.repository)}
      />
      <TextInput
        label={say("board.issue.name")}
        value={draft.title}
        onChange={(event) => setDraft({ ...draft, title: event.currentTarget.value })}
        maxLength={256}
        required
        data-autofocus
      />
      <Textarea
        label={say("board.issue.body")}
        description={say("board.issue.bodyHint")}
        value={draft.body}
        onChange={(event) => setDraft({ ...draft, body: event.currentTarget.value })}
        maxLength={65_536}
        autosize
        minRows={6}
        maxRows={14}
      />
      <TagsInput
        label={say("board.issue.labels")}
        description={say("board.issue.labelsHint")}
        value={[...draft.labels]}
        onChange={(labels) => setDraft({ ...draft, labels })}
        maxTags={20}
      />
      <Failure error={open.error} />
      <div className={style["formFoot"]}>
        <Button type="submit" disabled={draft.title.trim() === "" || target === ""} loading={open.isPending}>
          {say("board.issue.create")}
        </Button>
        <Button variant="default" onClick={close}>
          {say("board.issue.cancel")}
        </Button>
      </div>
    </form>
  );
}

interface Draft {
  readonly repository?: string | undefined;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
}

interface SampleGiven {
  readonly repository: string;
  readonly use: (idea: { title: string; body: string }) => void;
  readonly show: (issue: IssueReference) => void;
}

/** The idea that the sample project brings along, as a draft, or where it is open already. */
function SampleIdea({ repository, use, show }: SampleGiven): ReactElement | undefined {
  const { say } = useSpeech();
  const { data } = useQuery({ ...useHostQueries().projects.sampleIssue.queryOptions(), retry: false });
  if (!data) return undefined;
  const { title, body, issue } = data;
  return (
    <p className={style["sample"]}>
      <Foreign>{issue === undefined ? say("board.issue.sample", { title }) : say("board.issue.sampleOpen", { title, n: issue })}</Foreign>
      {issue === undefined ? (
        <Button variant="default" size="xs" onClick={() => use({ title, body })}>
          {say("board.issue.useSample")}
        </Button>
      ) : (
        <Button variant="default" size="xs" onClick={() => show({ repository, issue })}>
          {say("board.issue.showSample", { n: issue })}
        </Button>
      )}
    </p>
  );
}
