import { SegmentedControl, Select, type ComboboxItem, type ComboboxItemGroup } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState, type ReactElement } from "react";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useBoard } from "../../host-client/live-list.ts";
import { useProjectChoice } from "../../host-client/project-choice.ts";
import { useSpeech } from "../../i18n/language.tsx";
import { Empty } from "../../ui/panes.tsx";
import { Pending } from "../../ui/pending.tsx";
import style from "./docs.module.css";
import { DocsetPanes } from "./docset-panes.tsx";
import { firstIssue, issueChoices, offered, subjectOf, subjectOptions, subjectValue, type IssueChoice, type Subject } from "./issue-choices.ts";
import { traceMatrix, type Trace, type TracedPull } from "./trace-matrix.ts";
import { TraceView } from "./trace-view.tsx";
import { useDocuments, useFreshDocuments, useTrace } from "./use-documents.ts";

type Tab = "docset" | "trace";

const untraced: Trace = { pulls: [], releases: [] };

/** The documents of an issue or a pull request by stage, one of them to read; or which issue lacks which. */
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
  // An address that names documents shows them, wherever it was followed.
  const named = search.issue ?? search.pull ?? search.path;
  useChanged(`${search.issue} ${search.pull} ${search.path}`, () => named !== undefined && setTab("docset"));
  const board = useBoard();
  const documents = useDocuments(repository);
  const trace = useTrace(repository);
  const cards = useMemo(() => board.data?.rows.filter((card) => card.repository === repository) ?? [], [board.data, repository]);
  const choices = useMemo(() => issueChoices(documents.data ?? [], cards), [documents.data, cards]);
  const rows = useMemo(() => traceMatrix(documents.data ?? [], cards, trace.data ?? untraced), [documents.data, cards, trace.data]);
  const pull = usePullOf(trace.data, search.pull);
  const issue = pull ? pull.issues[0] : (search.issue ?? firstIssue(documents.data ?? [], choices));
  if (repository === undefined) {
    return projects.data === undefined ? <Pending reason={projects.failureReason} /> : <Empty title={say("docs.noProject")}>{say("docs.noProjectWhy")}</Empty>;
  }
  // An issue's documents need no trace; what is known of pull requests may come later, or not at all.
  const awaited = documents.data !== undefined && (tab === "trace" || search.pull !== undefined) ? trace : documents;
  return (
    <div className={style["screen"]}>
      <Toolbar
        tab={tab}
        setTab={setTab}
        gaps={rows.reduce((sum, row) => sum + row.gaps, 0)}
        repository={repository}
        repositories={project === undefined ? (projects.data?.map((each) => each.repository) ?? []) : []}
        setRepository={(chosen) => go({ repository: chosen })}
        subject={pull ? { type: "pull", number: pull.pull } : issue === undefined ? undefined : { type: "issue", number: issue }}
        choices={choices}
        pulls={trace.data?.pulls ?? []}
        setSubject={({ type, number }) => go({ repository, [type]: number })}
      />
      {awaited.data === undefined ? <Pending reason={awaited.failureReason} /> : undefined}
      {documents.data && trace.data && tab === "trace" ? (
        <TraceView
          rows={rows}
          documents={documents.data}
          open={(destination) => {
            setTab("docset");
            go({ repository, ...destination });
          }}
        />
      ) : undefined}
      {documents.data && awaited.data && tab === "docset" ? (
        <DocsetPanes
          repository={repository}
          defaultBranch={projects.data?.find((each) => each.repository === repository)?.defaultBranch}
          issue={choices.find((choice) => choice.issue === issue) ?? (issue === undefined ? undefined : { issue, documents: 0 })}
          pull={pull}
          documents={documents.data}
          path={search.path}
          choose={(path, replace) => go({ repository, ...(pull ? { pull: pull.pull } : { issue }), path }, replace)}
        />
      ) : undefined}
    </div>
  );
}

/** The pull request that is asked for. One that no run has worked on has no documents. */
function usePullOf(trace: Trace | undefined, pull: number | undefined): TracedPull | undefined {
  return useMemo(() => {
    if (pull === undefined) return undefined;
    return trace?.pulls.find((each) => each.pull === pull) ?? { pull, issues: [], stages: [], documents: [] };
  }, [trace, pull]);
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
  readonly subject: Subject | undefined;
  readonly choices: readonly IssueChoice[];
  readonly pulls: readonly TracedPull[];
  readonly setSubject: (subject: Subject) => void;
}

function Toolbar(props: ToolbarProps): ReactElement {
  const { say } = useSpeech();
  const { tab, gaps } = props;
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
      {tab === "docset" ? <SubjectChoice {...props} /> : undefined}
    </div>
  );
}

function SubjectChoice({ subject, choices, pulls, setSubject }: Pick<ToolbarProps, "subject" | "choices" | "pulls" | "setSubject">): ReactElement {
  const { say } = useSpeech();
  const options = useMemo(() => subjectOptions(choices, pulls, (n) => say("docs.pull", { n })), [choices, pulls, say]);
  return (
    <Select
      size="xs"
      w={300}
      searchable
      filter={({ options: groups, search }) => offered(groups as ComboboxItemGroup<ComboboxItem>[], search)}
      allowDeselect={false}
      aria-label={say("docs.subject")}
      placeholder={say("docs.chooseSubject")}
      nothingFoundMessage={say("docs.noSuchSubject")}
      data={[
        { group: say("docs.issues"), items: [...options.issues] },
        { group: say("docs.pulls"), items: [...options.pulls] },
      ]}
      value={subject === undefined ? null : subjectValue(subject)}
      onChange={(value) => value !== null && setSubject(subjectOf(value))}
    />
  );
}
