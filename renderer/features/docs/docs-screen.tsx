import { SegmentedControl, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState, type ReactElement } from "react";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useBoard } from "../../host-client/live-list.ts";
import { useProjectChoice } from "../../host-client/project-choice.ts";
import { revealHidden } from "../../../core/domain/kernel/hidden-characters.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Empty } from "../../ui/panes.tsx";
import { Pending } from "../../ui/pending.tsx";
import style from "./docs.module.css";
import { DocsetPanes } from "./docset-panes.tsx";
import { firstIssue, issueChoices, type IssueChoice } from "./issue-choices.ts";
import { traceMatrix } from "./trace-matrix.ts";
import { TraceView } from "./trace-view.tsx";
import { useDocuments, useFreshDocuments } from "./use-documents.ts";

type Tab = "docset" | "trace";

/** The documents of an issue by stage, one of them to read; or which issue lacks which. */
export function DocsScreen(): ReactElement {
  const { say } = useSpeech();
  const search = useSearch({ from: "/docs" });
  const navigate = useNavigate({ from: "/docs" });
  const queries = useHostQueries();
  const [tab, setTab] = useState<Tab>("docset");
  useFreshDocuments();
  const projects = useQuery(queries.projects.list.queryOptions());
  const { project } = useProjectChoice();
  const repository = search.repository ?? project ?? projects.data?.[0]?.repository;
  const go = (next: typeof search, replace = false): void => void navigate({ search: next, replace });
  useChanged(project, () => go({}, true));
  const board = useBoard();
  const documents = useDocuments(repository);
  const cards = useMemo(() => board.data?.rows.filter((card) => card.repository === repository) ?? [], [board.data, repository]);
  const choices = useMemo(() => issueChoices(documents.data ?? [], cards), [documents.data, cards]);
  const rows = useMemo(() => traceMatrix(documents.data ?? [], cards), [documents.data, cards]);
  const issue = search.issue ?? firstIssue(documents.data ?? [], choices);
  if (repository === undefined) {
    return projects.data === undefined ? <Pending reason={projects.failureReason} /> : <Empty title={say("docs.noProject")}>{say("docs.noProjectWhy")}</Empty>;
  }
  return (
    <div className={style["screen"]}>
      <Toolbar
        tab={tab}
        setTab={setTab}
        gaps={rows.reduce((sum, row) => sum + row.gaps, 0)}
        repository={repository}
        repositories={project === undefined ? (projects.data?.map((each) => each.repository) ?? []) : []}
        setRepository={(chosen) => go({ repository: chosen })}
        issue={issue}
        choices={choices}
        setIssue={(chosen) => go({ repository, issue: chosen })}
      />
      {documents.data === undefined ? <Pending reason={documents.failureReason} /> : undefined}
      {documents.data && tab === "trace" ? (
        <TraceView
          rows={rows}
          open={(chosen, path) => {
            setTab("docset");
            go({ repository, issue: chosen, path });
          }}
        />
      ) : undefined}
      {documents.data && tab === "docset" ? (
        <DocsetPanes
          repository={repository}
          defaultBranch={projects.data?.find((each) => each.repository === repository)?.defaultBranch}
          issue={choices.find((choice) => choice.issue === issue) ?? (issue === undefined ? undefined : { issue, documents: 0 })}
          documents={documents.data}
          path={search.path}
          choose={(path, replace) => go({ repository, issue, path }, replace)}
        />
      ) : undefined}
    </div>
  );
}

/** Goes on when this has become another, and not at first. */
function useChanged(value: string | undefined, then: () => void): void {
  const before = useRef(value);
  useEffect(() => {
    if (before.current === value) return;
    before.current = value;
    then();
  });
}

interface ToolbarProps {
  readonly tab: Tab;
  readonly setTab: (tab: Tab) => void;
  readonly gaps: number;
  readonly repository: string;
  readonly repositories: readonly string[];
  readonly setRepository: (repository: string) => void;
  readonly issue: number | undefined;
  readonly choices: readonly IssueChoice[];
  readonly setIssue: (issue: number) => void;
}

function Toolbar(props: ToolbarProps): ReactElement {
  const { say } = useSpeech();
  const { tab, issue, choices, gaps } = props;
  const options = choices.map((choice) => ({ value: String(choice.issue), label: revealHidden(`#${choice.issue} ${choice.title ?? ""}`.trim()) }));
  const tabs: readonly { readonly value: Tab; readonly label: string }[] = [
    { value: "docset", label: say("docs.documents") },
    { value: "trace", label: gaps > 0 ? say("docs.traceabilityGaps", { n: gaps }) : say("docs.traceability") },
  ];
  return (
    <div className={style["toolbar"]}>
      <h1>{say("docs.title")}</h1>
      <SegmentedControl size="xs" value={tab} onChange={props.setTab} data={[...tabs]} aria-label={say("docs.tabs")} />
      <span className={style["space"]} />
      {props.repositories.length > 1 ? (
        <Select
          size="xs"
          w={190}
          allowDeselect={false}
          aria-label={say("docs.repository")}
          data={props.repositories}
          value={props.repository}
          onChange={(value) => value !== null && props.setRepository(value)}
        />
      ) : undefined}
      {tab === "docset" ? (
        <Select
          size="xs"
          w={300}
          searchable
          limit={200}
          allowDeselect={false}
          aria-label={say("docs.issue")}
          placeholder={say("docs.chooseIssue")}
          nothingFoundMessage={say("docs.noSuchIssue")}
          data={options}
          value={issue === undefined ? null : String(issue)}
          onChange={(value) => value !== null && props.setIssue(Number(value))}
        />
      ) : undefined}
    </div>
  );
}
