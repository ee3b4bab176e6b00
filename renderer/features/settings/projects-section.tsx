import { Button, TextInput } from "@mantine/core";
import { IconCheck, IconChevronDown, IconChevronRight, IconGitBranch } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useId, useState, type ReactElement } from "react";
import type { Project } from "../../../core/contract/projects.ts";
import { useHostQueries } from "../../host-client/host-context.tsx";
import { useSpeech } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Foreign } from "../../ui/foreign-text.tsx";
import own from "./projects.module.css";
import { RepositoryPreflight } from "./repository-preflight.tsx";
import style from "./settings.module.css";

/** The repositories that the host looks after, and the way to another one. */
export function ProjectsSection(): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const mode = useQuery(queries.connection.watch.experimental_liveOptions()).data?.mode;
  return (
    <>
      <h2 className={style["title"]}>{say("settings.projects")}</h2>
      <p className={style["lead"]}>{say("settings.projects.lead")}</p>
      <Projects isLocal={mode === "rehearsal"} />
      {mode === "rehearsal" ? <AddLocal /> : undefined}
      {mode === "server" ? <p className={style["note"]}>{say("settings.projects.server")}</p> : undefined}
    </>
  );
}

function Projects({ isLocal }: { readonly isLocal: boolean }): ReactElement {
  const { say } = useSpeech();
  const { data, failureReason } = useQuery(useHostQueries().projects.list.queryOptions());
  if (!data) return failureReason ? <Failure error={failureReason} /> : <p className={style["note"]}>{say("state.loading")}</p>;
  if (data.length === 0) {
    return (
      <p className={style["none"]}>
        <strong>{say("settings.projects.empty.title")}</strong>
        {say(isLocal ? "settings.projects.empty.local" : "settings.projects.empty.server")}
      </p>
    );
  }
  return (
    <ul className={style["rows"]}>
      {data.map((project) => (
        <ProjectRow key={project.repository} project={project} />
      ))}
    </ul>
  );
}

/** A repository, which opens to its checks. Which one is open stands in the address. */
function ProjectRow({ project: { repository, defaultBranch, sample } }: { readonly project: Project }): ReactElement {
  const { say } = useSpeech();
  const navigate = useNavigate();
  const isOpen = useSearch({ from: "/settings/{-$section}" }).repository === repository;
  const panel = useId();
  const toggle = (): void =>
    void navigate({ to: "/settings/{-$section}", params: { section: "projects" }, search: isOpen ? {} : { repository }, replace: true });
  const Arrow = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <li className={own["project"]} data-open={isOpen}>
      <button type="button" className={own["head"]} aria-expanded={isOpen} aria-controls={isOpen ? panel : undefined} onClick={toggle}>
        <Arrow size={16} aria-hidden />
        <span className={style["rowMain"]}>
          <span className={style["rowTitle"]}>
            <Foreign>{repository}</Foreign>
            {sample ? <span className={style["mark"]}>{say("settings.projects.sample")}</span> : undefined}
          </span>
          <span className={style["rowText"]}>
            <IconGitBranch size={14} aria-hidden /> <Foreign>{say("settings.projects.branch", { name: defaultBranch })}</Foreign>
          </span>
        </span>
        <span className={own["hint"]}>{say(isOpen ? "settings.preflight.close" : "settings.preflight.open")}</span>
      </button>
      {isOpen ? (
        <div id={panel} className={own["panel"]}>
          <RepositoryPreflight repository={repository} />
        </div>
      ) : undefined}
    </li>
  );
}

function AddLocal(): ReactElement {
  const { say } = useSpeech();
  const queries = useHostQueries();
  const cache = useQueryClient();
  const [path, setPath] = useState("");
  const add = useMutation({
    ...queries.projects.addLocal.mutationOptions(),
    onSuccess: async () => {
      setPath("");
      await cache.invalidateQueries({ queryKey: queries.projects.list.queryKey() });
    },
  });
  return (
    <section className={style["part"]}>
      <h3>{say("settings.projects.add")}</h3>
      <p className={style["note"]}>{say("settings.projects.addLead")}</p>
      <form
        className={style["inline"]}
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate({ path: path.trim() });
        }}
      >
        <TextInput
          className={style["grow"]}
          label={say("settings.projects.path")}
          placeholder="/home/olga/shop"
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
          spellCheck={false}
          maxLength={4_096}
        />
        <Button type="submit" disabled={path.trim() === ""} loading={add.isPending}>
          {say("settings.projects.addButton")}
        </Button>
      </form>
      <Failure error={add.error} />
      <p role="status" className={style["good"]}>
        {add.data ? (
          <>
            <IconCheck size={16} aria-hidden /> <Foreign>{say("settings.projects.added", { name: add.data.repository })}</Foreign>
          </>
        ) : undefined}
      </p>
    </section>
  );
}
